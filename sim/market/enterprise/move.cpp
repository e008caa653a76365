#include "sim/market/enterprise/move.hpp"

namespace rackrate::market {

void move_enterprise(Enterprise& enterprise, const RegimeMove& move) {
  if (move.same_choices) return;
  for (auto& workload : enterprise.workloads) {
    if (workload.alternative != kNothing)
      workload.alternative = move.alternative[static_cast<std::size_t>(workload.alternative)];
    workload.shocks.clear();  // drawn again by address: the same tastes for what was there before
  }
}

}  // namespace rackrate::market
