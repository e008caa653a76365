#pragma once
#include "sim/market/exchange/exchange.hpp"
#include "sim/market/regime/regime_change.hpp"

namespace rackrate::market {

/// Moves demand cells, clause accounts and commitments to the indices of the next stage. Messages that still name cells of
/// the stage before are translated when they arrive.
void move_exchange(Exchange& exchange, const StageMove& move, const Stage& before, const Setting& after, core::SimTime now);

}  // namespace rackrate::market
