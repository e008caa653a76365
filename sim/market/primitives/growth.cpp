#include "sim/market/primitives/growth.hpp"

#include <numbers>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {

namespace math = core::math;

Growth Growth::from_yearly_factor(double start, double factor, double half_life_years) {
  if (!(factor > 0.0) || !(half_life_years > 0.0))
    throw std::invalid_argument("growth: factor and half-life must be positive");
  return {start, math::log(factor), half_life_years};
}

double Growth::level(double years) const {
  const double k = std::numbers::ln2 / half_life_years;
  const double x = k * years;
  // (1 - e^-x)/k, whose limit as k -> 0 is plain time
  const double effective = x == 0.0 ? years : -math::expm1(-x) / k;
  return start * math::exp(log_growth * effective);
}

}  // namespace rackrate::market
