#include "sim/market/supply/vendor.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/primitives/rationing.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace {

const Chip& chip_named(const CompiledScenario& s, const std::string& name) {
  return *std::find_if(s.parameters.chips.begin(), s.parameters.chips.end(),
                       [&](const Chip& c) { return c.name == name; });
}

/// H100e-weighted mean of a per-unit figure over what a vendor ships.
template <class Figure>
double per_h100e(const CompiledScenario& s, int vendor, core::SimTime t, Figure figure) {
  double total = 0.0, h100e = 0.0;
  for (const auto& line : s.parameters.vendors[static_cast<std::size_t>(vendor)].lines) {
    const double units = planned_units(line, t);
    const auto& chip = chip_named(s, line.chip);
    total += units * figure(chip);
    h100e += units * chip.h100e;
  }
  return h100e > 0 ? total / h100e : 0.0;
}

/// What one cloud was granted this month, as lots to its pools.
void ship(const VendorState& vendor, int cloud, std::int64_t granted, double supply, const MarketView& view,
          Context& context) {
  const auto& s = view.compiled();
  const auto& v = s.parameters.vendors[static_cast<std::size_t>(vendor.index)];
  const auto month = static_cast<std::uint64_t>(core::month_index(context.now()));
  for (const auto& line : v.lines) {
    const auto& chip = chip_named(s, line.chip);
    const double mix = planned_units(line, context.now()) * chip.h100e / supply;
    if (mix <= 0) continue;
    const auto chip_id = static_cast<std::int32_t>(&chip - s.parameters.chips.data());
    for (const int pool : s.pools_of_cloud[static_cast<std::size_t>(cloud)]) {
      const auto& ref = s.pools[static_cast<std::size_t>(pool)];
      const auto& region =
          s.parameters.clouds[static_cast<std::size_t>(cloud)].regions[static_cast<std::size_t>(ref.position)];
      const auto units = core::whole(std::floor(static_cast<double>(granted) * mix * region.share / chip.h100e + 0.5),
                                     "a lot, in units,");
      if (units <= 0) continue;
      const double lead = LotLead{v.lead_min_days, v.lead_shape, v.lead_scale_days}.draw(
          view.draws, at(ref.key, Purpose::DeliveryLead, month, core::name_hash(chip.name)));
      const LotArrives lot{chip_id, s.vendor_firm[static_cast<std::size_t>(vendor.index)], units,
                           core::tenthousandths(chip.unit_price_usd, "the price of a chip, in $,")};
      context.send(view.regime.directory.first_pool + static_cast<ProcessId>(pool),
                   std::max(context.now() + core::days(lead), context.window_end()),
                   static_cast<std::uint16_t>(Kind::LotArrives), pack(lot), priority::kSupply);
    }
  }
}

void on_epoch(VendorState& vendor, const MarketView& view, Context& context) {
  const auto& s = view.compiled();
  const auto& v = s.parameters.vendors[static_cast<std::size_t>(vendor.index)];
  const int month = core::month_index(context.now());
  context.schedule(core::month_start(month + 1), static_cast<std::uint16_t>(Kind::SupplyEpoch), {}, priority::kSupply);

  const double planned = planned_h100e(s, vendor.index, context.now());
  if (planned <= 0) return;
  const double z = view.draws.normal(at(s.vendor_key[static_cast<std::size_t>(vendor.index)], Purpose::SupplyNoise,
                                        static_cast<std::uint64_t>(month)));
  const double supply = planned * core::math::exp(v.volatility * z - 0.5 * v.volatility * v.volatility);
  std::vector<Claim> claims;
  for (std::size_t c = 0; c < vendor.backlog.size(); ++c) {
    Claim claim;
    claim.key = s.cloud_key[c];
    claim.order = static_cast<double>(vendor.backlog[c]);
    claims.push_back(claim);
  }
  Claim outside;  // the buyers that the model leaves out, as one that wants its usual share
  outside.key = core::name_hash("outside");
  outside.order = std::floor(planned * v.outside_share);
  claims.push_back(outside);
  const auto granted = ration_units(v.rationing, claims, core::whole(std::min(supply, kMostCompute), "supply"));
  for (std::size_t c = 0; c < vendor.backlog.size(); ++c) {
    if (granted[c] <= 0) continue;
    vendor.backlog[c] -= granted[c];
    ship(vendor, static_cast<int>(c), granted[c], planned, view, context);
  }
}

}  // namespace

double planned_units(const SupplyLine& line, core::SimTime t) {
  if (t < line.from || t >= line.until) return 0.0;
  const double months = core::in_years(t - line.from) * 12.0;
  const double ramp = line.ramp_months > 0 ? std::min(1.0, (months + 1.0) / line.ramp_months) : 1.0;
  return line.units_per_month * ramp * line.growth.level(core::in_years(t - line.from));
}

double planned_h100e(const CompiledScenario& s, int vendor, core::SimTime t) {
  double total = 0.0;
  for (const auto& line : s.parameters.vendors[static_cast<std::size_t>(vendor)].lines)
    total += planned_units(line, t) * chip_named(s, line.chip).h100e;
  return total;
}

double price_per_h100e(const CompiledScenario& s, int vendor, core::SimTime t) {
  return per_h100e(s, vendor, t, [](const Chip& chip) { return chip.unit_price_usd; });
}

double kw_per_h100e(const CompiledScenario& s, int vendor, core::SimTime t) {
  return per_h100e(s, vendor, t, [](const Chip& chip) { return chip.facility_kw; });
}

VendorState first_vendor(const CompiledScenario& s, int index) {
  VendorState vendor;
  vendor.index = index;
  for (const auto& cloud : s.parameters.clouds) {
    const auto share = cloud.silicon.find(s.parameters.vendors[static_cast<std::size_t>(index)].name);
    vendor.backlog.push_back(
        share == cloud.silicon.end() ? 0 : core::whole(cloud.backlog_h100e * share->second, "a backlog"));
  }
  return vendor;
}

void handle_vendor(VendorState& vendor, const MarketView& view, Context& context, const Event& event) {
  switch (static_cast<Kind>(event.kind)) {
    case Kind::SupplyEpoch: on_epoch(vendor, view, context); break;
    case Kind::Order: {
      const auto order = unpack<Order>(event.payload);
      vendor.backlog[static_cast<std::size_t>(order.cloud)] += order.h100e;
      break;
    }
    default: break;
  }
}

}  // namespace rackrate::market
