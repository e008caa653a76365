#include "sim/market/pricing/effort_cost.hpp"

#include <algorithm>

namespace rackrate::market {

double effort_cost_share(const Steering& policy, const LabSignal& signal) {
  if (policy.bound <= 0) return 0.0;
  double full = 0.0;
  for (const double effort : signal.effort) full += std::max(0.0, effort) / policy.bound;
  return full * policy.cost_share;
}

}  // namespace rackrate::market
