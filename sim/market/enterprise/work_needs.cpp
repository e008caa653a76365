#include "sim/market/enterprise/work_needs.hpp"

#include "sim/core/whole.hpp"

namespace rackrate::market {

WorkNeeds work_needs(const Population& population, int month) {
  WorkNeeds needs;
  needs.month = month;
  needs.agents_needing.assign(std::size_t{4} << kItems, 0.0);
  for (const EnterpriseId e : population.ids())
    for (const Workload& w : population.workloads(e)) {
      const double units = core::real(w.units) * 1e-6;
      needs.all += units;
      needs.demanding[w.least_depth] += units;
      for (const Item item : needs.needing.keys())
        if (w.needs.contains(item)) needs.needing[item] += units;
      if (w.product != Product::AgentStateful) continue;
      needs.agents += units;
      needs.agents_needing[std::size_t{4} * w.needs.bits() + w.least_depth] += units;
    }
  return needs;
}

}  // namespace rackrate::market
