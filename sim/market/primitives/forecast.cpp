#include "sim/market/primitives/forecast.hpp"

#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;

void Holt::observe(double demand) {
  if (!(demand > 0.0)) throw std::invalid_argument("Holt's forecast: demand must be positive");
  const double before = level;
  level = alpha * math::log(demand) + (1.0 - alpha) * (before + trend);
  trend = beta * (level - before) + (1.0 - beta) * trend;
}

double Holt::forecast(double periods) const { return math::exp(level + periods * trend); }

}  // namespace rackrate::market
