#include "sim/market/supply/rest_of_world.hpp"

#include <algorithm>

#include "sim/core/math.hpp"
#include "sim/market/supply/vendor.hpp"

namespace rackrate::market {
namespace {

/// The first month's begin at which the vendor makes anything, from the start of the run on.
core::SimTime first_supply(const CompiledScenario& s, VendorId vendor) {
  const core::SimTime start = s.parameters.run.start;
  if (planned_h100e(s, vendor, start) > 0) return start;
  core::SimTime first = core::kNever;
  for (const SupplyLine& line : s.parameters.vendors[vendor].lines)
    if (line.from > start) first = std::min(first, line.from);
  return first;
}

}  // namespace

double outside_h100e(const CompiledScenario& s, VendorId id, core::SimTime t) {
  const Vendor& vendor = s.parameters.vendors[id];
  if (vendor.outside_orders == OutsideOrders::Share) return vendor.outside_share * planned_h100e(s, id, t);
  const core::SimTime first = first_supply(s, id);
  if (vendor.outside_share <= 0 || t < first) return 0.0;
  const double usual = vendor.outside_share * planned_h100e(s, id, first);
  const double then = price_per_h100e(s, id, first), now = price_per_h100e(s, id, t);
  const double dearer = then > 0 && now > 0 ? now / then : 1.0;
  return usual * vendor.outside_growth.level(core::in_years(t - first)) *
         core::math::pow(dearer, -vendor.outside_price_elasticity);
}

}  // namespace rackrate::market
