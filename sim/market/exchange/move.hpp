#pragma once
#include "sim/market/exchange/exchange.hpp"
#include "sim/market/regime/regime_change.hpp"

namespace rackrate::market {

/// Moves demand cells, clause accounts and commitments to the indices of the next regime.
void move_exchange(Exchange& exchange, const RegimeMove& move, const CompiledScenario& before,
                   const CompiledScenario& after);

}  // namespace rackrate::market
