#include "sim/market/actors/actors.hpp"

#include "sim/core/math.hpp"
#include "sim/market/primitives/growth.hpp"

namespace rackrate::market {

double GrowthPath::level(double years) const {
  return Growth::from_yearly_factor(1.0, 1.0 + rate, half_life_years).level(years);
}

double GrowthPath::log_rate(double years) const {
  return core::math::log1p(rate) * core::math::pow(0.5, years / half_life_years);
}

}  // namespace rackrate::market
