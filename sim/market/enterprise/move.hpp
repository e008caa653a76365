#pragma once
#include "sim/market/enterprise/enterprise.hpp"
#include "sim/market/regime/regime_change.hpp"

namespace rackrate::market {

/// Moves the placements of an enterprise to the alternatives of the next regime.
void move_enterprise(Enterprise& enterprise, const RegimeMove& move);

}  // namespace rackrate::market
