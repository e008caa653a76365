#pragma once
#include "sim/market/view/board.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// Compute need of a lab's work relative to the start: growth of models against serving efficiency.
/// kappa(t)/kappa(0) = growth of compute per token / gain in tokens per H100e, both fading (MODEL 4.3).
[[nodiscard]] double relative_kappa(const Parameters& parameters, int lab, core::SimTime t);

/// Fills in what a work unit costs and needs at t, by lab and alternative:
/// price = price at start x the lab's list index x kappa^pass-through; compute = compute at start x kappa.
void publish_unit_terms(const Setting& setting, core::SimTime t, Board& board);

}  // namespace rackrate::market
