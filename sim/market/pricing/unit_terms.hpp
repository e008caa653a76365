#pragma once
#include "sim/market/regime/compiled_scenario.hpp"
#include "sim/market/view/board.hpp"

namespace rackrate::market {

/// Fills in what a work unit costs and needs at t, by lab and alternative:
/// price = price at start x the lab's list index x kappa^pass-through x its relative price on the channel; compute =
/// compute at start x kappa.
void publish_unit_terms(const CompiledScenario& compiled, core::SimTime t, Board& board);

}  // namespace rackrate::market
