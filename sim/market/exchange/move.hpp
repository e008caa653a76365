#pragma once
#include "sim/market/exchange/exchange.hpp"
#include "sim/market/regime/regime_change.hpp"

namespace rackrate::market {

/// Moves demand cells, clause accounts and commitments to the indices of the next regime. Messages that still name
/// cells of the regime before are translated when they arrive.
void move_exchange(Exchange& exchange, const RegimeMove& move, const Regime& before, const CompiledScenario& after,
                   core::SimTime now);

}  // namespace rackrate::market
