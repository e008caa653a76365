#include "sim/market/primitives/staged_cost.hpp"

#include <cmath>

#include "sim/core/math.hpp"
#include "sim/market/primitives/leadtime.hpp"

namespace rackrate::market {
namespace math = core::math;

double present_cost(const StagedCost& stages, double rate) {
  const double whole = rate * stages.lead_years;
  const double evenly = std::abs(whole) < 1e-12 ? 1.0 : -math::expm1(-whole) / whole;
  double phases = 0.0;
  for (const double phase : kSitePhases) phases += math::exp(-whole * phase) / kSitePhases.size();
  return stages.shell_share * (stages.deposit_share + (1.0 - stages.deposit_share) * evenly) +
         (1.0 - stages.shell_share) * phases;
}

}  // namespace rackrate::market
