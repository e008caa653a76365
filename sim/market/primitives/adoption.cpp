#include "sim/market/primitives/adoption.hpp"

#include "sim/core/math.hpp"

namespace rackrate::market {

double bass_adopters(const Bass& bass, double population, double start, double years) {
  if (population <= 0 || start >= population) return start;
  const double f0 = start / population;
  const double rate = bass.p + bass.q;
  if (rate <= 0.0) return start;
  const double c = (bass.p + bass.q * f0) / (1.0 - f0) * core::math::exp(rate * years);
  constexpr double kAll = 1e300;  // beyond it everybody has adopted, and a quotient of infinities would say nothing
  return c < kAll ? population * (c - bass.p) / (bass.q + c) : population;
}

std::optional<double> cross_threshold(double& integral, double threshold, double passed) {
  if (integral + passed > threshold) return (threshold - integral) / passed;
  integral += passed;
  return std::nullopt;
}

}  // namespace rackrate::market
