#pragma once
#include "sim/market/actors/actors.hpp"
#include "sim/market/view/board.hpp"

namespace rackrate::market {

/// What a lab's effort for its channels costs, as a share of its revenue: cost_share at the bound for one channel, in
/// proportion below, summed over channels. Neglect saves nothing.
[[nodiscard]] double effort_cost_share(const Steering& policy, const LabSignal& signal);

}  // namespace rackrate::market
