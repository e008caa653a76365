#pragma once
#include "sim/market/enterprise/population.hpp"
#include "sim/market/regime/regime_change.hpp"

namespace rackrate::market {

/// Moves all placements to the alternatives of the next regime.
void move_enterprises(Population& population, const RegimeMove& move);

}  // namespace rackrate::market
