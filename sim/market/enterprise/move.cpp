#include "sim/market/enterprise/move.hpp"

namespace rackrate::market {

void move_enterprises(Population& population, const RegimeMove& move) {
  if (move.same_choices) return;
  for (auto& workload : population.all_workloads())
    if (workload.alternative != kOutsideOption) workload.alternative = move.alternative[workload.alternative];
}

}  // namespace rackrate::market
