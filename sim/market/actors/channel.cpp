#include "sim/core/math.hpp"
#include "sim/market/actors/actors.hpp"

namespace rackrate::market {

double Channel::reach_at(double years) const {
  if (reach_ceiling < 0) return reach;
  return reach_ceiling - (reach_ceiling - reach) * core::math::exp(-years * 12.0 / reach_months);
}

}  // namespace rackrate::market
