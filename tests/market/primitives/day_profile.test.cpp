#include "sim/market/primitives/day_profile.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/support/catch.hpp"

using rackrate::market::served_over_day;

namespace {

/// The mean of min(x (1 + a sin t), 1) at a million moments, each in the middle of its part of the day.
double summed(double load, double swing) {
  constexpr int kMoments = 1'000'000;
  double sum = 0.0;
  for (int i = 0; i < kMoments; ++i)
    sum += std::min(1.0, load * (1.0 + swing * std::sin(2.0 * std::acos(-1.0) * (i + 0.5) / kMoments)));
  return sum / kMoments;
}

}  // namespace

TEST_CASE("day profile: of a load of 100 (1 + .3 sin) a capacity of 110 turns away 5.08 % (check E7)",
          "[market][primitives]") {
  // Full while sin t > (1.1 - 1)/.3 = 1/3, for pi - 2 asin(1/3) = 2.461919 of 2 pi. There the load exceeds 110 by the
  // integral of 30 sin t - 10: 60 cos(asin(1/3)) - 10 x 2.461919 = 56.568542 - 24.619188 = 31.949355. Over 2
  // pi: 5.084898.
  const double lost = 100.0 - 110.0 * served_over_day(100.0 / 110.0, 0.3);
  CHECK(std::abs(lost - 5.084898) < 1e-6);
  CHECK(std::abs(lost - (100.0 - 110.0 * summed(100.0 / 110.0, 0.3))) < 1e-6);
}

TEST_CASE("day profile: the closed form is the sum over the day, rises, and is concave", "[market][primitives]") {
  for (const double swing : {0.05, 0.15, 0.5, 1.0})
    for (const double load : {0.3, 0.7, 0.9, 1.0, 1.2, 3.0})
      CHECK(std::abs(served_over_day(load, swing) - summed(load, swing)) < 1e-8);
  for (const double swing : {0.0, 0.1, 0.4, 1.0}) {
    double before = served_over_day(0.0, swing), slope = 1.0;
    for (int i = 1; i <= 400; ++i) {
      const double now = served_over_day(0.01 * i, swing), steeper = (now - before) / 0.01;
      CHECK(steeper >= -1e-9);
      CHECK(steeper <= slope + 1e-9);
      CHECK(now <= std::min(1.0, 0.01 * i) + 1e-12);  // no more than without a swing
      before = now;
      slope = steeper;
    }
  }
}

TEST_CASE("day profile: what fits at the peak is served, and what fills the valley is full", "[market][primitives]") {
  CHECK(served_over_day(1.0 / 1.3, 0.3) == 1.0 / 1.3);
  CHECK(served_over_day(1.0 / 0.7 + 1e-12, 0.3) == 1.0);
  CHECK(served_over_day(2.0, 0.0) == 1.0);
  CHECK_THROWS_AS(served_over_day(-0.1, 0.3), std::invalid_argument);
  CHECK_THROWS_AS(served_over_day(0.5, 1.1), std::invalid_argument);
}
