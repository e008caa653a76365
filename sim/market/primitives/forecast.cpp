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

double capacity_target(double demand, double target_utilisation) {
  if (!(target_utilisation > 0.0))
    throw std::invalid_argument("capacity_target: the target utilisation must be positive");
  return demand / target_utilisation;
}

double naive_utilisation_at_delivery(double target_utilisation, double log_growth, double lead_years) {
  return target_utilisation * math::exp(log_growth * lead_years);
}

double longest_naive_lead(double target_utilisation, double log_growth) {
  return -math::log(target_utilisation) / log_growth;
}

}  // namespace rackrate::market
