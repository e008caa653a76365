#include "sim/market/primitives/day_profile.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kPi = 3.14159265358979323846;

/// For |u| <= 1: the angle is halved five times, where six terms of the series are exact to the last digits.
double arc_sine(double u) {
  constexpr int kHalvings = 5;
  double factor = 1.0;
  for (int i = 0; i < kHalvings; ++i) {
    u /= math::sqrt(2.0 * (1.0 + math::sqrt(1.0 - u * u)));
    factor *= 2.0;
  }
  const double s = u * u;
  const double series =
      1.0 + s * (1.0 / 6 + s * (3.0 / 40 + s * (15.0 / 336 + s * (105.0 / 3456 + s * 945.0 / 42240))));
  return factor * u * series;
}

}  // namespace

double served_over_day(double load, double swing) {
  if (!(load >= 0.0 && swing >= 0.0 && swing <= 1.0))
    throw std::invalid_argument("served_over_day: load must not be negative, and swing between 0 and 1");
  if (load * (1.0 + swing) <= 1.0) return load;
  if (load * (1.0 - swing) >= 1.0) return 1.0;
  const double sine = std::clamp((1.0 / load - 1.0) / swing, -1.0, 1.0);  // of the moment at which the capacity is full
  const double full_at = arc_sine(sine);
  return (load * (kPi + 2.0 * full_at) - 2.0 * load * swing * math::sqrt(1.0 - sine * sine) + kPi - 2.0 * full_at) /
         (2.0 * kPi);
}

}  // namespace rackrate::market
