#include "sim/market/supply/vendor.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/primitives/rationing.hpp"
#include "sim/market/supply/first_backlog.hpp"
#include "sim/market/supply/lookup.hpp"
#include "sim/market/supply/rest_of_world.hpp"
#include "sim/market/view/demand_factor.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace {

/// A vendor quotes no wait beyond two years.
constexpr int kMostQuotedMonths = 24;

/// H100e-weighted mean of a per-unit figure over what a vendor ships.
template <class Figure>
double per_h100e(const CompiledScenario& s, VendorId vendor, core::SimTime t, Figure figure) {
  double total = 0.0, h100e = 0.0;
  for (const auto& line : s.parameters.vendors[vendor].lines) {
    const double units = planned_units(line, t);
    const auto& chip = s.parameters.chips[chip_named(s, line.chip)];
    total += units * figure(chip);
    h100e += units * chip.h100e;
  }
  return h100e > 0 ? total / h100e : 0.0;
}

/// One pool's part of what its cloud was granted of one chip, as a lot. `h100e`: of that chip for the whole cloud.
void ship_lot(VendorState& vendor, PoolId pool, ChipId chip_id, double h100e, const MarketView& view,
              Context& context) {
  const auto& s = view.compiled();
  const auto& v = s.parameters.vendors[vendor.vendor];
  const auto& chip = s.parameters.chips[chip_id];
  double& rest = vendor.rest(pool, chip_id);
  rest += h100e * region_of(s, pool).share / chip.h100e;
  const auto units = core::whole(std::floor(rest + 0.5), "a lot, in units,");
  if (units <= 0) return;
  rest -= core::real(units);
  const auto address = at(s.pools[pool].key, Purpose::DeliveryLead, month_key(core::month_index(context.now())),
                          core::name_hash(chip.name));
  const double lead = LotLead{v.lead_min_days, v.lead_shape, v.lead_scale_days}.draw(view.draws, address);
  const Money price = Money::from_usd(chip.unit_price_usd, "the price of a chip, in $,");
  const ProcessId to = view.regime.directory.of(pool);
  send(context, to, LotShipped{chip_id, s.vendor_firm[vendor.vendor], units, price});
  send_at(context, to, context.now() + core::days(lead),
          LotArrives{chip_id, s.vendor_firm[vendor.vendor], units, price});
}

/// What one cloud was granted this month, as lots to its pools.
void ship(VendorState& vendor, CloudId cloud, std::int64_t granted, double supply, const MarketView& view,
          Context& context) {
  const auto& s = view.compiled();
  for (const auto& line : s.parameters.vendors[vendor.vendor].lines) {
    const ChipId chip = chip_named(s, line.chip);
    const double mix = planned_units(line, context.now()) * s.parameters.chips[chip].h100e / supply;
    if (mix <= 0) continue;
    for (const PoolId pool : s.pools_of_cloud[cloud])
      ship_lot(vendor, pool, chip, core::real(granted) * mix, view, context);
  }
}

/// What the rest of the world was granted this month, sold chip by chip.
void sell_outside(const VendorState& vendor, std::int64_t granted, double supply, const MarketView& view,
                  Context& context) {
  const auto& s = view.compiled();
  for (const auto& line : s.parameters.vendors[vendor.vendor].lines) {
    const ChipId id = chip_named(s, line.chip);
    const auto& chip = s.parameters.chips[id];
    const double h100e = core::real(granted) * planned_units(line, context.now()) * chip.h100e / supply;
    const auto units = core::whole(std::floor(h100e / chip.h100e + 0.5), "a sale, in units,");
    const Money price = Money::from_usd(chip.unit_price_usd, "the price of a chip, in $,");
    if (units > 0 && price > Money{})
      send(context, view.regime.directory.exchange,
           CapexPaid{CloudId(), s.vendor_firm[vendor.vendor], id, price * units, units});
  }
}

/// The backlog of every cloud, and the rest of the world as one buyer: what it orders this month, more or less of it as
/// AI demand stands, and what it did not get before.
std::vector<Claim> claims_of(const VendorState& vendor, const MarketView& view, core::SimTime now) {
  const auto& s = view.compiled();
  std::vector<Claim> claims;
  for (const CloudId cloud : vendor.backlog.ids()) {
    Claim claim;
    claim.key = s.cloud_key[cloud];
    claim.order = core::real(vendor.backlog[cloud]);
    claims.push_back(claim);
  }
  Claim outside;
  outside.key = core::name_hash("outside");
  outside.order =
      core::real(vendor.outside) + std::floor(outside_h100e(s, vendor.vendor, now) *
                                              common_factor(view.board, s.parameters.shocks.exposure.customers));
  claims.push_back(outside);
  return claims;
}

void on_epoch(VendorState& vendor, const MarketView& view, Context& context) {
  const auto& s = view.compiled();
  const auto& v = s.parameters.vendors[vendor.vendor];
  const int month = core::month_index(context.now());
  schedule(context, core::month_start(month + 1), SupplyEpoch{});

  const double planned = planned_h100e(s, vendor.vendor, context.now());
  if (planned <= 0) return;
  const double z = view.draws.normal(at(s.vendor_key[vendor.vendor], Purpose::SupplyNoise, month_key(month)));
  const double supply = planned * supply_factor(view.board, vendor.vendor) *
                        core::math::exp(v.volatility * z - 0.5 * v.volatility * v.volatility);
  const std::vector<Claim> claims = claims_of(vendor, view, context.now());
  const auto granted = ration_units(v.rationing, claims, core::whole(std::min(supply, kMostCompute), "supply"));
  for (const CloudId cloud : vendor.backlog.ids()) {
    const std::int64_t got = granted[cloud.position()];
    if (got <= 0) continue;
    vendor.backlog[cloud] -= got;
    ship(vendor, cloud, got, planned, view, context);
  }
  sell_outside(vendor, granted.back(), planned, view, context);
  if (v.outside_orders == OutsideOrders::Path)
    vendor.outside = core::whole(std::min(claims.back().order, kMostCompute), "orders, in H100e,") - granted.back();
}

}  // namespace

std::int64_t total_orders(const VendorState& vendor) {
  std::int64_t sum = vendor.outside;
  for (const std::int64_t h100e : vendor.backlog) sum += h100e;
  return sum;
}

std::vector<SiliconShare> silicon_on_sale(const CompiledScenario& s, const Cloud& cloud, core::SimTime t) {
  std::vector<SiliconShare> all, on_sale;
  double sum = 0.0, of_all = 0.0;
  for (const auto& [name, share] : cloud.silicon)
    for (const VendorId id : s.parameters.vendors.ids()) {
      if (s.parameters.vendors[id].name != name || share <= 0) continue;
      all.push_back({id, share});
      of_all += share;
      if (planned_h100e(s, id, t) <= 0) continue;
      on_sale.push_back({id, share});
      sum += share;
    }
  if (on_sale.empty()) return all;
  for (auto& silicon : on_sale) silicon.share *= of_all / sum;
  return on_sale;
}

double quoted_wait_days(const CompiledScenario& s, VendorId vendor, std::int64_t orders_h100e, core::SimTime t) {
  double left = core::real(orders_h100e);
  if (left <= 0) return 0.0;
  for (int month = 0; month < kMostQuotedMonths; ++month) {
    const core::SimTime then = t + core::years(month / 12.0);
    const double planned = planned_h100e(s, vendor, then);
    if (planned <= 0) return month == 0 ? 0.0 : month * core::kDaysPerYear / 12.0;
    const double made = std::max(0.0, planned - outside_h100e(s, vendor, then));
    if (made >= left) return (month + left / made) * core::kDaysPerYear / 12.0;
    left -= made;
  }
  return kMostQuotedMonths * core::kDaysPerYear / 12.0;
}

double mean_lead_days(const Vendor& vendor) {
  return vendor.lead_min_days + vendor.lead_shape * vendor.lead_scale_days;
}

core::SimTime shipped_at(const Parameters& p, VendorId vendor, core::SimTime arrives) {
  return arrives - core::days(mean_lead_days(p.vendors[vendor]));
}

double planned_units(const SupplyLine& line, core::SimTime t) {
  if (t < line.from || t >= line.until) return 0.0;
  const double months = core::in_years(t - line.from) * 12.0;
  const double ramp = line.ramp_months > 0 ? std::min(1.0, (months + 1.0) / line.ramp_months) : 1.0;
  const double left = core::in_years(line.until - t) * 12.0;
  const double fading = line.phase_out_months > 0 ? std::min(1.0, left / line.phase_out_months) : 1.0;
  return line.units_per_month * ramp * fading * line.growth.level(core::in_years(t - line.from));
}

double planned_h100e(const CompiledScenario& s, VendorId vendor, core::SimTime t) {
  double total = 0.0;
  for (const auto& line : s.parameters.vendors[vendor].lines)
    total += planned_units(line, t) * s.parameters.chips[chip_named(s, line.chip)].h100e;
  return total;
}

double price_per_h100e(const CompiledScenario& s, VendorId vendor, core::SimTime t) {
  return per_h100e(s, vendor, t, [](const Chip& chip) { return chip.unit_price_usd; });
}

double kw_per_h100e(const CompiledScenario& s, VendorId vendor, core::SimTime t) {
  return per_h100e(s, vendor, t, [](const Chip& chip) { return chip.facility_kw; });
}

double life_per_h100e(const CompiledScenario& s, VendorId vendor, core::SimTime t) {
  return per_h100e(s, vendor, t, [](const Chip& chip) { return chip.life_years * chip.h100e; });
}

VendorState first_vendor(const CompiledScenario& s, VendorId id) {
  VendorState vendor;
  vendor.vendor = id;
  vendor.rest.assign(s.pools.size(), s.parameters.chips.size(), 0.0);
  for (const CloudId cloud : s.parameters.clouds.ids()) {
    vendor.backlog.push_back(0);
    for (const auto& silicon : silicon_on_sale(s, s.parameters.clouds[cloud], s.parameters.run.start))
      if (silicon.vendor == id)
        vendor.backlog.rows().back() = core::whole(first_backlog(s, cloud) * silicon.share, "a backlog");
  }
  return vendor;
}

void handle_vendor(VendorState& vendor, const MarketView& view, Context& context, const Event& event) {
  switch (event_kind(event)) {
    case EventKind::SupplyEpoch: on_epoch(vendor, view, context); break;
    case EventKind::Order: {
      const auto order = receive<Order>(event);
      vendor.backlog[order.cloud] += order.h100e;
      break;
    }
    default: break;
  }
}

}  // namespace rackrate::market
