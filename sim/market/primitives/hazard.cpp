#include "sim/market/primitives/hazard.hpp"

#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {

double hazard_rate(double base, std::span<const double> coefficients, std::span<const double> features) {
  if (coefficients.size() != features.size()) throw std::invalid_argument("hazard_rate: one coefficient per feature");
  if (!(base >= 0.0)) throw std::invalid_argument("hazard_rate: the base rate is negative");
  double sum = 0.0;
  for (std::size_t i = 0; i < features.size(); ++i) sum += coefficients[i] * features[i];
  return base * core::math::exp(sum);
}

HazardClock::HazardClock(const core::Draws& draws, core::EntityKey entity, std::uint32_t purpose)
    : entity_(entity), purpose_(purpose), left_(draws.exponential({entity, purpose, 0, 0})) {}

std::optional<double> HazardClock::advance(const core::Draws& draws, double rate, double duration) {
  if (!(rate >= 0.0) || !(duration >= 0.0)) throw std::invalid_argument("a hazard's rate and duration must not be negative");
  const double passed = rate * duration;
  if (passed < left_) {
    left_ -= passed;
    return std::nullopt;
  }
  const double when = left_ / rate;
  ++fired_;
  left_ = draws.exponential({entity_, purpose_, fired_, 0});
  return when < duration ? when : duration;
}

}  // namespace rackrate::market
