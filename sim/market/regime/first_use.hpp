#pragma once
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// What runs of a cloud on the first day: what is powered of the scenario's fleet and up, and the power it draws.
struct RunningFleet {
  double h100e = 0.0, kw = 0.0;
};
[[nodiscard]] RunningFleet running_on_first_day(const CompiledScenario& compiled, CloudId cloud);

/// What the scenario states, and where it states none the part of `internal_share`: of what runs on the first day,
/// customers take `customers_share` of that part and the firm's own products the rest.
[[nodiscard]] FirstUse first_use(const CompiledScenario& compiled, CloudId cloud);

}  // namespace rackrate::market
