#include "sim/scenario/schema.hpp"

namespace rackrate::scenario {
namespace {

using namespace unit;
using market::Channel;
using market::Chip;
using market::Cloud;
using market::CloudRegion;
using market::GrowthPath;
using market::Parameters;
using market::SupplyLine;
using market::Vendor;

Section table(std::string key, std::string meaning) {
  Section s;
  s.key = std::move(key);
  s.meaning = std::move(meaning);
  s.enter = same_struct();
  return s;
}

/// A value of `struct.growth` two members deep: the line inside a draft, then its growth.
Access<ChipDraft, double> line_growth(double GrowthPath::*member) {
  return [member](ChipDraft& d) -> double& { return d.line.growth.*member; };
}
Access<VendorDraft, double> of_vendor(double Vendor::*member) { return at(&VendorDraft::vendor, member); }

Section supply() {
  Section chip = table("CHIP", "One generation of accelerators and how many of it come to market.");
  chip.enter = element(&VendorDraft::chips);
  chip.fields = {
      number("h100e", at(&ChipDraft::chip, &Chip::h100e), kNumber, "H100-equivalents of one unit.")
          .required()
          .within(1e-3, 1e4),
      number("facility_power", at(&ChipDraft::chip, &Chip::facility_kw), kKilowatts,
             "All-in facility power of one unit, cooling included.")
          .positive(),
      number("unit_price", at(&ChipDraft::chip, &Chip::unit_price_usd), kDollars, "Price of one unit.")
          .within(0.0, 1e9),
      number("life", at(&ChipDraft::chip, &Chip::life_years), kYears,
             "Straight-line depreciation life, after which it retires.")
          .positive(),
      date("from", at(&ChipDraft::line, &SupplyLine::from), "First deliveries.").if_absent("the start of the run"),
      date("until", at(&ChipDraft::line, &SupplyLine::until), "End of production, exclusive.").or_never(),
      number("units_per_month", at(&ChipDraft::line, &SupplyLine::units_per_month), kCount,
             "Units a month at `from`, after the ramp; 0 sells none.")
          .at_least(0.0),
      number("ramp", at(&ChipDraft::line, &SupplyLine::ramp_months), kMonths, "Linear ramp from nothing.")
          .at_least(0.0),
      number("growth", line_growth(&GrowthPath::rate), kPerYear, "Growth of supply at `from`.").grows(),
      number("growth_half_life", line_growth(&GrowthPath::half_life_years), kYears, "Half-life of that growth.")
          .positive()};
  chip.rules = {{Rule::Kind::Before, "from", "until"}};

  Section vendor = table("VENDOR", "A seller of accelerators; its sub-tables are its chips.");
  vendor.enter = [](void* draft, const std::string& name) -> void* {
    auto& vendors = static_cast<Draft*>(draft)->vendors;
    vendors.push_back({name, {}, {}});
    vendors.back().vendor.name = name;
    return &vendors.back();
  };
  vendor.fields = {
      text("firm", at(&VendorDraft::vendor, &Vendor::firm), "The firm it belongs to.").required().naming(Names::Firms),
      choice("rationing", at(&VendorDraft::vendor, &Vendor::rationing), market::kRationingRuleNames,
             "Who gets how much when orders exceed supply."),
      number("volatility", of_vendor(&Vendor::volatility), kNumber, "Spread of the monthly lognormal supply noise.")
          .within(0.0, 2.0),
      number("outside_share", of_vendor(&Vendor::outside_share), kShare,
             "Share of supply bought by buyers outside the model.")
          .within(0.0, 1.0),
      number("lead_min", of_vendor(&Vendor::lead_min_days), kDays, "Shortest time from order to installation.")
          .at_least(0.0),
      number("lead_shape", of_vendor(&Vendor::lead_shape), kNumber, "Shape of the Gamma law of the rest.")
          .within(0.01, 1e4),
      number("lead_scale", of_vendor(&Vendor::lead_scale_days), kDays, "Its scale.").at_least(0.0),
      number("cost_share", of_vendor(&Vendor::cost_share), kShare, "The vendor's own cost per dollar of sales.")
          .within(0.0, 1.0)};
  vendor.named.push_back(std::move(chip));

  Section s = table("supply", "Who makes accelerators, how many, how late and at what price.");
  s.named.push_back(std::move(vendor));
  return s;
}

Section cloud_region() {
  Section lot = table("LOT", "Units in transit at the start.");
  lot.enter = element(&CloudRegion::lots);
  lot.fields = {text("chip", at(&market::ScriptedLot::chip), "What arrives.").required().naming(Names::Chips),
                number("units", at(&market::ScriptedLot::units), kCount, "How many.").required().at_least(0.0),
                date("arrives", at(&market::ScriptedLot::arrives), "When they run.").required()};
  Section lots = table("lots", "Deliveries under way at the start.");
  lots.named.push_back(std::move(lot));

  Section site = table("SITE", "Power under way at the start.");
  site.enter = element(&CloudRegion::sites);
  site.fields = {number("power", at(&market::ScriptedPower::megawatts), kMegawatts, "Usable facility power it adds.")
                     .required()
                     .at_least(0.0),
                 date("energised", at(&market::ScriptedPower::energised), "From when.").required()};
  Section sites = table("sites", "Sites under construction at the start.");
  sites.named.push_back(std::move(site));

  Section fleet = table("fleet", "Units installed at the start, by chip.");
  Field units = entry("CHIP", kCount, "Units of this chip.");
  units.names = Names::Chips;
  fleet.entries.push_back(std::move(units));
  fleet.put = [](void* region, const std::string& chip, const Value& v) {
    static_cast<CloudRegion*>(region)->fleet.push_back({chip, v.number});
  };

  Section region = table("REGION", "What the cloud has in one region.");
  region.names = Names::Regions;
  region.enter = element(&Cloud::regions);
  region.fields = {
      number("share", at(&CloudRegion::share), kShare, "Share of the cloud's new capacity; all regions sum to 1.")
          .required()
          .within(0.0, 1.0),
      number("power", at(&CloudRegion::power_mw), kMegawatts, "Usable facility power at the start.")
          .at_least(0.0)
          .if_absent("power never binds")};
  region.sections = {std::move(fleet), std::move(lots), std::move(sites)};
  return region;
}

Section silicon() {
  Section s = table("silicon", "Whose chips new capacity is built of.");
  Field share;
  share.key = "VENDOR";
  share.meaning = "Share of new capacity; all vendors sum to 1.";
  share.unit = kShare;
  share.low = 0.0;
  share.high = 1.0;
  share.names = Names::Vendors;
  s.entries.push_back(std::move(share));
  s.rules = {{Rule::Kind::SumIsOne, {}, {}}};
  s.put = [](void* cloud, const std::string& vendor, const Value& v) {
    static_cast<Cloud*>(cloud)->silicon[vendor] = v.number;
  };
  return s;
}

std::vector<Field> cloud_fields() {
  return {
      text("firm", at(&Cloud::firm), "The firm it belongs to.").required().naming(Names::Firms),
      text("channel", at(&Cloud::channel), "Its own sales channel.")
          .naming(Names::Channels)
          .if_absent("it sells none of the labs' models itself"),
      number("internal_share", at(&Cloud::internal_share), kShare,
             "Share of the running fleet its firm and other customers use.")
          .within(0.0, 1.0),
      number("availability", at(&Cloud::availability), kShare, "Running share of powered units.").within(0.0, 1.0),
      number("price", at(&Cloud::price_usd), kDollarsPerHour, "Wholesale list price at the start.").at_least(0.0),
      number("energy_price", at(&Cloud::energy_usd_per_mwh), kDollarsPerMwh, "Price of energy.").at_least(0.0),
      number("opex", at(&Cloud::opex_usd_per_kw_year), kDollarsPerKwYear, "Operations other than energy.")
          .at_least(0.0),
      number("facility_cost", at(&Cloud::facility_usd_per_mw), kDollarsPerMw, "Capital cost of new sites.")
          .at_least(0.0),
      number("facility_life", at(&Cloud::facility_life_years), kYears, "Depreciation life of sites.").positive(),
      number("target_utilisation", at(&Cloud::target_utilisation), kShare, "Utilisation it builds and prices for.")
          .within(0.05, 1.0),
      number("replica", at(&Cloud::replica_h100e), kCompute, "Compute of one serving replica, for waits.").positive(),
      number("backlog", at(&Cloud::backlog_h100e), kCompute,
             "Compute ordered before the start and not yet allocated by its vendors.")
          .at_least(0.0),
      number("expected_growth", at(&Cloud::expected_growth), kPerYear,
             "Growth of demand that it believes in on the first day.")
          .grows(),
      number("capex", at(&Cloud::capex_usd_per_year), kDollarsPerYear, "Budget for AI capacity at the start.")
          .at_least(0.0),
      number("capex_growth", at(&Cloud::capex_growth, &GrowthPath::rate), kPerYear,
             "Growth of that budget at the start.")
          .grows(),
      number("capex_growth_half_life", at(&Cloud::capex_growth, &GrowthPath::half_life_years), kYears,
             "Half-life of that growth.")
          .positive(),
      flag("invests", at(&Cloud::invests), "False: it never orders or builds."),
      choice("forecast", at(&Cloud::forecast), market::kForecastRuleNames, "How it forecasts demand."),
      number("fleet_age", at(&Cloud::fleet_age_years), kYears, "Mean age of the units installed at the start.")
          .at_least(0.0),
      number("base_revenue", at(&Cloud::base_revenue_usd), kDollarsPerYear,
             "Its other cloud revenue at the start, not AI.")
          .at_least(0.0),
      number("base_margin", at(&Cloud::base_margin), kShare, "Margin on that revenue.").within(-1.0, 1.0),
      number("base_growth", at(&Cloud::base_growth, &GrowthPath::rate), kPerYear,
             "Growth of that revenue at the start.")
          .grows(),
      number("base_growth_half_life", at(&Cloud::base_growth, &GrowthPath::half_life_years), kYears,
             "Half-life of that growth.")
          .positive()};
}

Section clouds() {
  Section cloud = table("CLOUD", "A cloud: fleet, sites, prices, costs and how it invests.");
  cloud.enter = [](void* draft, const std::string& name) -> void* {
    return element(&Parameters::clouds)(&static_cast<Draft*>(draft)->parameters, name);
  };
  cloud.fields = cloud_fields();
  Section regions = table("regions", "Where the cloud's capacity lies.");
  regions.named.push_back(cloud_region());
  regions.rules = {{Rule::Kind::PartsSumToOne, "share", {}}};
  cloud.sections = {silicon(), std::move(regions)};

  Section s = table("clouds", "The clouds.");
  s.named.push_back(std::move(cloud));
  return s;
}

Section channels() {
  Section channel = table("CHANNEL", "A seller of record.");
  channel.enter = [](void* draft, const std::string& name) -> void* {
    return element(&Parameters::channels)(&static_cast<Draft*>(draft)->parameters, name);
  };
  channel.fields = {
      text("cloud", at(&Channel::cloud), "The cloud whose channel it is.")
          .naming(Names::Clouds)
          .if_absent("no cloud's own, such as direct or m365"),
      text("firm", at(&Channel::firm), "The firm that sells.").naming(Names::Firms).if_absent("the lab itself"),
      number("appeal", at(&Channel::appeal), kNumber, "Taste for the channel common to all enterprises.")};
  Section s = table("channels", "The channels models are sold through.");
  s.named.push_back(std::move(channel));
  return s;
}

}  // namespace

std::vector<Section> supply_sections() { return {supply(), clouds(), channels()}; }

}  // namespace rackrate::scenario
