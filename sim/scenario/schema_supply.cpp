#include "sim/scenario/schema.hpp"

namespace rackrate::scenario {
namespace {

using namespace unit;
using market::Borrowing;
using market::CapitalRule;
using market::Channel;
using market::Chip;
using market::Cloud;
using market::CloudRegion;
using market::EntryRule;
using market::GrowthPath;
using market::OtherBusiness;
using market::OwnUse;
using market::Parameters;
using market::SupplyLine;
using market::Vendor;

/// A value of `struct.growth` two members deep: the line inside a draft, then its growth.
Access<ChipDraft, double> line_growth(double GrowthPath::*member) {
  return [member](ChipDraft& d) -> double& { return d.line.growth.*member; };
}
Access<VendorDraft, double> of_vendor(double Vendor::*member) { return at(&VendorDraft::vendor, member); }

Access<VendorDraft, double> outside_growth(double GrowthPath::*member) {
  return [member](VendorDraft& d) -> double& { return d.vendor.outside_growth.*member; };
}

Section chip_line() {
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
      number("phase_out", at(&ChipDraft::line, &SupplyLine::phase_out_months), kMonths,
             "Linear fall to nothing before `until`.")
          .at_least(0.0),
      number("growth", line_growth(&GrowthPath::rate), kPerYear, "Growth of supply at `from`.").grows(),
      number("growth_half_life", line_growth(&GrowthPath::half_life_years), kYears, "Half-life of that growth.")
          .positive()};
  chip.rules = {{Rule::Kind::Before, "from", "until"}};
  return chip;
}

Section supply() {
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
             "Share of supply that the rest of the world orders, and pays for when it is allocated; with "
             "`outside_orders = \"path\"` on the first day.")
          .within(0.0, 1.0),
      choice(
          "outside_orders", at(&VendorDraft::vendor, &Vendor::outside_orders), market::kOutsideOrdersNames,
          "Whether the rest of the world orders that share of what is made each month, or what it orders on the first "
          "day along a path of its own, with a backlog of what it did not get."),
      number("outside_growth", outside_growth(&GrowthPath::rate), kPerYear, "Growth of these orders at the start.")
          .grows(),
      number("outside_growth_half_life", outside_growth(&GrowthPath::half_life_years), kYears,
             "Half-life of that growth.")
          .positive(),
      number(
          "outside_price_elasticity", of_vendor(&Vendor::outside_price_elasticity), kNumber,
          "By how many percent they fall where an H100e is 1 % dearer than on the first day; 1: a budget in dollars.")
          .within(0.0, 5.0),
      number("lead_min", of_vendor(&Vendor::lead_min_days), kDays, "Shortest time from order to installation.")
          .at_least(0.0),
      number("lead_shape", of_vendor(&Vendor::lead_shape), kNumber, "Shape of the Gamma law of the rest.")
          .within(0.01, 1e4),
      number("lead_scale", of_vendor(&Vendor::lead_scale_days), kDays, "Its scale.").at_least(0.0),
      number("cost_share", of_vendor(&Vendor::cost_share), kShare, "The vendor's own cost per dollar of sales.")
          .within(0.0, 1.0)};
  vendor.named.push_back(chip_line());

  Section s = table("supply", "Who makes accelerators, how many, how late and at what price.");
  s.named.push_back(std::move(vendor));
  return s;
}

Section cloud_region() {
  Section lot = table("LOT", "Units in transit at the start.");
  lot.enter = element(&CloudRegion::lots);
  lot.fields = {text("chip", at(&market::ScriptedLot::chip), "The chip that arrives.").required().naming(Names::Chips),
                number("units", at(&market::ScriptedLot::units), kCount, "Number of units.").required().at_least(0.0),
                date("arrives", at(&market::ScriptedLot::arrives), "When they are installed.").required()};
  Section lots = table("lots", "Deliveries under way at the start.");
  lots.named.push_back(std::move(lot));

  Section site = table("SITE", "Power under way at the start.");
  site.enter = element(&CloudRegion::sites);
  site.fields = {number("power", at(&market::ScriptedPower::megawatts), kMegawatts, "Usable facility power it adds.")
                     .required()
                     .at_least(0.0),
                 date("energised", at(&market::ScriptedPower::energised), "When it becomes usable.").required()};
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
          .if_absent("power never binds"),
      number("build_limit", at(&CloudRegion::build_limit_mw), kMegawattsPerYear,
             "Power of the sites that the cloud can start there in a year: what can be built and connected.")
          .at_least(0.0)
          .if_absent("no limit")};
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

/// Values of `cloud.capital`, one and two members deep.
Access<Cloud, double> of_capital(double CapitalRule::*member) { return at(&Cloud::capital, member); }
Access<Cloud, double> of_capital(GrowthPath CapitalRule::*path, double GrowthPath::*member) {
  return [path, member](Cloud& cloud) -> double& { return cloud.capital.*path.*member; };
}

std::vector<Field> cloud_fields() {
  return {
      text("firm", at(&Cloud::firm), "The firm it belongs to.").required().naming(Names::Firms),
      text("channel", at(&Cloud::channel), "Its own sales channel.")
          .naming(Names::Channels)
          .if_absent("it sells none of the labs' models itself"),
      number(
          "internal_share", at(&Cloud::internal_share), kShare,
          "Share of the fleet that runs on the first day which own products and customers beyond the labs use, where "
          "own_use and customers state no compute. Their demand then grows by paths of its own.")
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
             "Growth of demand that its first forecast assumes.")
          .grows(),
      number(
          "capex", of_capital(&CapitalRule::usd_per_year), kDollarsPerYear,
          "Budget for chips, shells and power together at the start, where no guidance speaks; internal use included.")
          .at_least(0.0),
      number("capex_growth", of_capital(&CapitalRule::growth, &GrowthPath::rate), kPerYear,
             "Growth of that budget at the start; also of the last guidance, once its span has ended.")
          .grows(),
      number("capex_growth_half_life", of_capital(&CapitalRule::growth, &GrowthPath::half_life_years), kYears,
             "Half-life of that growth.")
          .positive(),
      flag("invests", at(&Cloud::invests), "False: it never orders or builds."),
      choice("forecast", at(&Cloud::forecast), market::kForecastRuleNames,
             "How it sizes its fleet: for demand as it is (naive), its damped trend (holt), its path in known_demand "
             "(perfect), or up to the unit that just earns the hurdle rate, by its trend and its spread (npv)."),
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

std::vector<Field> budget_fields() {
  return {
      number("operating_cash", at(&CapitalRule::operating_cash_usd), kDollarsPerYear,
             "Operating cash of the firm at the start.")
          .at_least(0.0)
          .if_absent("cash and debt are no limit"),
      number("operating_cash_growth", at(&CapitalRule::operating_cash_growth, &GrowthPath::rate), kPerYear,
             "Growth of that cash at the start.")
          .grows(),
      number("operating_cash_growth_half_life", at(&CapitalRule::operating_cash_growth, &GrowthPath::half_life_years),
             kYears, "Half-life of that growth.")
          .positive(),
      number("cash_share", at(&CapitalRule::cash_share), kShare, "Share of operating cash for AI capacity.")
          .within(0.0, 1.0),
      number("debt_limit", at(&CapitalRule::debt_limit_usd), kDollars,
             "What it may have spent on AI capacity since the start beyond that cash.")
          .at_least(0.0),
      number("shell_share", at(&CapitalRule::shell_share), kShare,
             "Share of the cost of a site that is paid for its shell, while it is built; the rest is paid as its power "
             "comes on.")
          .within(0.0, 1.0),
      number("deposit", at(&CapitalRule::deposit_share), kShare,
             "Share of the cost of a shell that is paid when a site is started; the rest in equal parts, month by "
             "month.")
          .within(0.0, 1.0)};
}

std::vector<Field> order_fields() {
  return {
      number("adjustment", at(&CapitalRule::adjustment), kShare,
             "Share of a gap in chips or power that it orders within a quarter.")
          .within(1e-6, 1.0),
      number("review_interval", at(&CapitalRule::review_months), kMonths,
             "Time between two reviews of investment; the first lies within it, at a phase of the replication.")
          .within(1.0, 12.0),
      choice("first_orders", at(&CapitalRule::first_orders), market::kFirstOrdersNames,
             "What vendors have not yet shipped of its orders of before the start: backlog, or what the order rule "
             "would have there had demand grown so far as expected_growth says."),
      number("plan_share", at(&CapitalRule::plan_share), kShare,
             "Of spending that is announced (guidance) and that no forecast needs, the share that a review orders all "
             "the same, as chips for which there will be power.")
          .within(0.0, 1.0),
      number("guidance_error", at(&CapitalRule::guidance_error), kNumber,
             "Spread of the logarithm of what the firm means to spend in a span over what it announced for it; the "
             "mean stays.")
          .within(0.0, 2.0),
      number("horizon", at(&CapitalRule::horizon_days), kDays, "No forecast looks farther ahead than this.").positive(),
      number("hurdle_rate", at(&CapitalRule::hurdle_rate), kPerYear, "What a unit must earn, under forecast npv.")
          .within(-0.5, 10.0),
      number("idle_risk", at(&CapitalRule::idle_risk), kNumber,
             "Spread of log demand one year ahead, under forecast npv: the risk that a unit stands idle.")
          .within(0.0, 5.0),
      number("price_erosion", at(&CapitalRule::price_erosion), kPerYear,
             "Fall of the price of compute that it expects, under forecast npv.")
          .within(-1.0, 5.0),
      number("idle_retirement", at(&CapitalRule::idle_retirement_days), kDays,
             "Chips that have had no power for so long, while others of more compute per kilowatt run, retire.")
          .at_least(0.0)
          .if_absent("chips retire at the end of their life only")};
}

Section announced_spending() {
  Section span =
      table("SPAN", "A span of time for which spending is announced; where spans overlap, the least counts.");
  span.enter = element(&CapitalRule::guidance);
  span.fields = {date("from", at(&market::Guidance::from), "Its first day.").required(),
                 date("until", at(&market::Guidance::until), "Its end, exclusive.").required(),
                 number("spending", at(&market::Guidance::usd_per_year), kDollarsPerYear,
                        "Spending on AI capacity, internal use included.")
                     .required()
                     .at_least(0.0)};
  span.rules = {{Rule::Kind::Before, "from", "until"}};
  Section guidance = table("guidance", "Spending that the firm has announced; in place of capex in its span.");
  guidance.named.push_back(std::move(span));
  return guidance;
}

Section known_demand() {
  Section point = table("POINT", "Demand on one day.");
  point.enter = element(&CapitalRule::known_path);
  point.fields = {date("date", at(&market::KnownDemand::date), "The day.").required(),
                  number("compute", at(&market::KnownDemand::h100e), kCompute, "Demand for the cloud on that day.")
                      .required()
                      .positive()};
  Section known = table("known_demand",
                        "Demand for the cloud, in logarithms a line from day to day, for forecast perfect: for example "
                        "compute_demand of a run.");
  known.named.push_back(std::move(point));
  return known;
}

Section capital() {
  Section s = table("capital", "How the firm spends its budget for AI capacity, and how orders follow a gap.");
  s.enter = member(&Cloud::capital);
  s.fields = budget_fields();
  for (Field& field : order_fields()) s.fields.push_back(std::move(field));
  s.sections = {announced_spending(), known_demand()};
  return s;
}

/// Values of `cloud.borrowing`.
Access<Cloud, double> of_borrowing(double Borrowing::*member) { return at(&Cloud::borrowing, member); }

Section borrowing() {
  Section s =
      table("borrowing",
            "What the firm borrows for its capital. It takes the place of operating_cash and debt_limit. A firm "
            "states it at one of its clouds.");
  s.fields = {
      number("net_debt", of_borrowing(&Borrowing::net_debt_usd), kDollars, "Debt less cash on the first day.")
          .at_least(0.0)
          .if_absent("the firm keeps no account of its debt"),
      number("base_rate", of_borrowing(&Borrowing::base_rate), kPerYear, "Interest that the safest borrower pays.")
          .within(0.0, 1.0),
      number("spread", of_borrowing(&Borrowing::spread), kPerYear, "Interest that this firm pays beyond it.")
          .within(0.0, 1.0),
      number("term", of_borrowing(&Borrowing::term_years), kYears, "Time in which lenders expect the debt back.")
          .positive(),
      number("per_backlog", of_borrowing(&Borrowing::per_backlog), kShare,
             "What lenders allow for a dollar that customers have contracted.")
          .within(0.0, 2.0),
      number("limit", of_borrowing(&Borrowing::limit_usd), kDollars, "What they allow beyond that.").at_least(0.0),
      number("default_hazard", of_borrowing(&Borrowing::default_hazard), kPerYear,
             "Hazard of a default where no cash flow covers interest and repayment; 0 where all of it does.")
          .at_least(0.0),
      number("recovery", of_borrowing(&Borrowing::recovery), kShare, "Part of the debt that is left after a default.")
          .within(0.0, 1.0),
      number("creditor_discount", of_borrowing(&Borrowing::creditor_discount), kShare,
             "Off the list of compute once creditors own the capacity.")
          .within(0.0, 0.95)};
  return s;
}

/// Values of `cloud.entry`.
Access<Cloud, double> of_entry(double EntryRule::*member) { return at(&Cloud::entry, member); }

Section entry_rule() {
  Section s = table("entry",
                    "A cloud that is not there on the first day and enters where that pays: it owns nothing, has "
                    "nothing on its way and sells nothing before. It weighs entry at its reviews of investment.");
  s.fields = {
      number("least_scale", of_entry(&EntryRule::scale_mw), kMegawatts,
             "Facility power of the site that it begins with, the least that it builds.")
          .positive()
          .if_absent("the cloud is there on the first day"),
      number("equity", of_entry(&EntryRule::equity_usd), kDollars,
             "What its owners put in on entry. With borrowing.limit, what lenders allow, it must hold the cost of the "
             "least scale and its chips.")
          .at_least(0.0),
      number("hurdle_multiple", of_entry(&EntryRule::hurdle_multiple), kNumber,
             "Value of the least scale over its cost, both as of the day of decision at capital.hurdle_rate, at which "
             "it enters; above 1 the worth of waiting.")
          .within(1.0, 10.0),
      number("hazard", of_entry(&EntryRule::hazard), kPerYear,
             "Hazard of entering per 100 % by which value exceeds that multiple of cost.")
          .at_least(0.0)
          .if_absent("it enters at the first review at which it pays")};
  return s;
}

/// Values of `cloud.own_use`, one and two members deep.
Access<Cloud, double> of_own_use(double OwnUse::*member) { return at(&Cloud::own_use, member); }
Access<Cloud, double> of_own_growth(double GrowthPath::*member) {
  return [member](Cloud& cloud) -> double& { return cloud.own_use.growth.*member; };
}

Section own_use() {
  Section s = table("own_use",
                    "What the cloud's firm computes for products of its own: search, advertising, feeds, assistants.");
  s.fields = {
      number("compute", of_own_use(&OwnUse::h100e), kCompute, "Compute wanted on the first day.")
          .at_least(0.0)
          .if_absent("what customers leave of internal_share, of the fleet that runs on the first day"),
      number("growth", of_own_growth(&GrowthPath::rate), kPerYear, "Growth of what is wanted at the start.")
          .grows()
          .if_absent("as expected_growth"),
      number("growth_half_life", of_own_growth(&GrowthPath::half_life_years), kYears, "Half-life of that growth.")
          .positive(),
      number("price_elasticity", of_own_use(&OwnUse::price_elasticity), kNumber,
             "Elasticity of what is wanted to what an hour of the fleet costs the firm.")
          .within(0.0, 5.0),
      number("unserved_penalty", of_own_use(&OwnUse::value_usd), kDollarsPerHour,
             "Value of an hour, the penalty in clearing of one not served.")
          .at_least(0.0),
      number("weight", of_own_use(&OwnUse::weight), kNumber,
             "Weight of that value in the firm's objective; 1 takes own products and customers alike.")
          .within(0.0, 100.0),
      number("income", of_own_use(&OwnUse::income_usd), kDollarsPerHour, "What an hour brings the products.")
          .at_least(0.0)
          .if_absent("what it costs, so that own products neither earn nor lose")};
  return s;
}

Section customers_of_cloud() {
  Section s = table("customers", "AI customers beyond the labs; how they choose among clouds: the table customers.");
  s.fields = {
      number("compute", at(&Cloud::customers_h100e), kCompute, "What they want of this cloud on the first day.")
          .at_least(0.0)
          .if_absent("by share"),
      number("share", at(&Cloud::customers_share), kShare,
             "Their part of internal_share, of the fleet that runs on the first day.")
          .within(0.0, 1.0),
      number("waiting", at(&Cloud::customers_waiting), kShare,
             "Share of what they want of this cloud on the first day that waits for capacity.")
          .within(0.0, 0.9),
      number("growth", at(&Cloud::customers_growth, &GrowthPath::rate), kPerYear,
             "Growth, at the start, of what they want of this cloud at the prices and waits of the first day.")
          .grows()
          .if_absent("as all customers"),
      number("growth_half_life", at(&Cloud::customers_growth, &GrowthPath::half_life_years), kYears,
             "Half-life of that growth.")
          .positive(),
      number("contracted", at(&Cloud::customers_contracted), kShare,
             "Share of their compute that is under contract, for the backlog.")
          .within(0.0, 1.0),
      number("contract_length", at(&Cloud::customers_contract_years), kYears, "Length of such a contract.").positive()};
  return s;
}

/// Values of `cloud.other`, one and two members deep.
Access<Cloud, double> of_other(double OtherBusiness::*member) { return at(&Cloud::other, member); }
Access<Cloud, double> of_other(GrowthPath OtherBusiness::*path, double GrowthPath::*member) {
  return [path, member](Cloud& cloud) -> double& { return cloud.other.*path.*member; };
}

Section other_business() {
  Section s = table("other",
                    "What the cloud's firm does beside AI: what it spends on capital, and what customers have signed.");
  s.fields = {
      number("capex", of_other(&OtherBusiness::capex_usd), kDollarsPerYear,
             "Spending on capital outside AI at the start. It is no part of the budget for AI.")
          .at_least(0.0),
      number("capex_growth", of_other(&OtherBusiness::capex_growth, &GrowthPath::rate), kPerYear,
             "Growth of that spending at the start.")
          .grows(),
      number("capex_growth_half_life", of_other(&OtherBusiness::capex_growth, &GrowthPath::half_life_years), kYears,
             "Half-life of that growth.")
          .positive(),
      number("volatility", of_other(&OtherBusiness::capex_volatility), kNumber,
             "Spread of the logarithm of a quarter's spending about its path; the mean stays.")
          .within(0.0, 2.0),
      number("drift", of_other(&OtherBusiness::capex_drift), kNumber,
             "Spread of what that logarithm gains or loses for good within a year, quarter by quarter; the mean stays.")
          .within(0.0, 2.0),
      number("cloud_share", of_other(&OtherBusiness::cloud_share), kShare,
             "Part of the spending that base_revenue is earned with. It wears out in the cloud's books, within "
             "base_margin; what the rest wears out with, and earns, is in no books.")
          .within(0.0, 1.0),
      number("life", of_other(&OtherBusiness::life_years), kYears, "Depreciation life of what that part buys.")
          .positive(),
      number("contracted", of_other(&OtherBusiness::contracted_usd), kDollarsPerYear,
             "Revenue a year that customers outside AI have under contract at the start, of base_revenue and of the "
             "firm's products that are in no books.")
          .at_least(0.0),
      number("contracted_growth", of_other(&OtherBusiness::contracted_growth, &GrowthPath::rate), kPerYear,
             "Growth of that revenue at the start.")
          .grows(),
      number("contracted_growth_half_life", of_other(&OtherBusiness::contracted_growth, &GrowthPath::half_life_years),
             kYears, "Half-life of that growth.")
          .positive(),
      number("contract_length", of_other(&OtherBusiness::contract_years), kYears, "Length of such a contract.")
          .positive(),
      number("renewed_early", of_other(&OtherBusiness::renewed_early), kShare,
             "Share of its length that a contract has left when it is renewed.")
          .within(0.0, 0.95)};
  return s;
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
  cloud.sections = {silicon(), own_use(),   customers_of_cloud(), other_business(),
                    capital(), borrowing(), entry_rule(),         std::move(regions)};
  cloud.rules = {{Rule::Kind::ChoiceNeeds, "forecast=perfect", "capital.known_demand"}};

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
      number("appeal", at(&Channel::appeal), kNumber, "Taste for the channel common to all enterprises."),
      number(
          "reach", at(&Channel::reach), kNumber,
          "Of a channel without a cloud: how near it is to every enterprise at the start, as gravity counts; 1 is as "
          "near as a primary cloud.")
          .within(0.0, 2.0),
      number("reach_ceiling", at(&Channel::reach_ceiling), kNumber, "What its reach approaches.")
          .within(0.0, 2.0)
          .if_absent("it stays as it is"),
      number("reach_time", at(&Channel::reach_months), kMonths, "Time constant of that approach.").within(0.1, 1200.0),
      number(
          "runtime_fee", at(&Channel::runtime_fee), kShare,
          "Of a cloud's channel: what buyers of agents with state pay its firm for keeping their state, per dollar of "
          "list.")
          .within(0.0, 10.0),
      choices("missing", at(&Channel::missing), market::kItemNames,
              "Items of integration that never come with a listing here, and that what was listed before the start "
              "lacks on the first day.")};
  Section s = table("channels", "The channels models are sold through.");
  s.named.push_back(std::move(channel));
  return s;
}

}  // namespace

std::vector<Section> supply_sections() { return {supply(), clouds(), channels()}; }

}  // namespace rackrate::scenario
