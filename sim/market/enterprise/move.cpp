#include "sim/market/enterprise/move.hpp"

namespace rackrate::market {

void move_enterprise(Enterprise& enterprise, const RegimeMove& move) {
  if (move.same_choices) return;
  for (auto& workload : enterprise.workloads)
    if (workload.alternative != kOutsideOption) workload.alternative = move.alternative[workload.alternative];
}

}  // namespace rackrate::market
