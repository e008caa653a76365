#pragma once
#include "sim/market/regime/parameters.hpp"

namespace rackrate::market {

/// Compute need of a lab's work relative to the start: growth of models against serving efficiency.
/// kappa(t)/kappa(0) = growth of compute per token / gain in tokens per H100e, both fading (MODEL 4.3).
[[nodiscard]] double relative_kappa(const Parameters& parameters, LabId lab, core::SimTime t);

}  // namespace rackrate::market
