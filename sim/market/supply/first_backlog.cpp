#include "sim/market/supply/first_backlog.hpp"

#include <algorithm>

#include "sim/market/supply/lookup.hpp"
#include "sim/market/supply/pool.hpp"
#include "sim/market/supply/wanted_capacity.hpp"

namespace rackrate::market {
namespace {

/// Installed and in transit on the first day, less what retires before an order of that day would be installed, H100e.
double fleet_and_transit(const CompiledScenario& s, CloudId id, double ahead_years) {
  const auto& chips = s.parameters.chips;
  double sum = 0.0;
  for (const PoolId pool : s.pools_of_cloud[id]) {
    for (const auto& entry : region_of(s, pool).fleet) {
      const ChipId chip = chip_named(s, entry.chip);
      if (chip.exists() && years_left(s, pool, chip) > ahead_years) sum += entry.units * chips[chip].h100e;
    }
    for (const auto& lot : region_of(s, pool).lots)
      if (const ChipId chip = chip_named(s, lot.chip); chip.exists()) sum += lot.units * chips[chip].h100e;
  }
  return sum;
}

}  // namespace

double first_backlog(const CompiledScenario& s, CloudId id) {
  const Cloud& cloud = s.parameters.clouds[id];
  if (cloud.capital.first_orders == FirstOrders::Stated) return cloud.backlog_h100e;
  const ChipMix mix = chip_mix(s, cloud, s.parameters.run.start);
  if (!cloud.invests || mix.price <= 0) return 0.0;
  const double ahead_years = mix.lead_days / core::kDaysPerYear + cloud.capital.review_months / 12.0;
  return std::max(0.0, first_position(s, id) - fleet_and_transit(s, id, ahead_years));
}

}  // namespace rackrate::market
