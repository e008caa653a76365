#include "sim/market/primitives/hazard.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace {
constexpr double kMostLogHazard = 600.0;  // beyond it a rate would not be finite
}

double hazard_rate(double base, std::span<const double> coefficients, std::span<const double> features) {
  if (coefficients.size() != features.size()) throw std::invalid_argument("hazard_rate: one coefficient per feature");
  if (!(base >= 0.0)) throw std::invalid_argument("hazard_rate: the base rate is negative");
  double sum = 0.0;
  for (std::size_t i = 0; i < features.size(); ++i) sum += coefficients[i] * features[i];
  return base * core::math::exp(std::min(sum, kMostLogHazard));
}

HazardClock::HazardClock(const core::Draws& draws, core::EntityKey entity, std::uint32_t purpose)
    : entity_(entity), purpose_(purpose), left_(draws.exponential({entity, purpose, 0, 0})) {}

std::optional<double> HazardClock::advance(const core::Draws& draws, double rate, double duration) {
  if (!(rate >= 0.0) || !(duration >= 0.0))
    throw std::invalid_argument("a hazard's rate and duration must not be negative");
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
