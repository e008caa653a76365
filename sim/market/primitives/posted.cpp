#include "sim/market/primitives/posted.hpp"

#include <cmath>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;

double posted(double value, double step) {
  if (step <= 0.0 || value <= 0.0) return value;
  const double width = math::log1p(step);
  return math::exp(std::floor(math::log(value) / width + 0.5) * width);
}

double posted_evenly(double value, double step) {
  if (step <= 0.0) return value;
  return std::copysign(std::floor(std::fabs(value) / step + 0.5) * step, value);
}

}  // namespace rackrate::market
