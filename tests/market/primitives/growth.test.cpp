#include "sim/market/primitives/growth.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
using test::near;

TEST_CASE("growth whose rate halves every two years adds the integral of that rate", "[market][growth]") {
  const Growth g = Growth::from_yearly_factor(3.0, 2.3, 2.0);
  // ln level by the mid-point rule over rate(t) = ln 2.3 x 2^(-t/2), 100,000 steps: error of order 1e-11.
  double integral = 0.0;
  constexpr int kSteps = 100'000;
  for (int i = 0; i < kSteps; ++i)
    integral += std::log(2.3) * std::exp2(-0.5 * 5.5 * (i + 0.5) / kSteps) * 5.5 / kSteps;
  CHECK(near(g.level(5.5), 3.0 * std::exp(integral)));
  CHECK(g.level(0.0) == 3.0);
}

TEST_CASE("growth has a limit that plain exponential growth has not", "[market][growth]") {
  const Growth g = Growth::from_yearly_factor(1.0, 4.0, 1.0);
  CHECK(near(g.level(80.0), std::exp(2.0)));  // 4^(1/ln 2) = e^2
  Growth plain = g;
  plain.half_life_years = std::numeric_limits<double>::infinity();
  CHECK(near(plain.level(3.0), 64.0));
  plain.log_growth = 0.0;
  CHECK(plain.level(1e6) == 1.0);
}

TEST_CASE("what grows 4.6 times a year doubles in 166 days", "[market][growth][A14]") {
  const double forever = std::numeric_limits<double>::infinity();
  CHECK(near(Growth::from_yearly_factor(1.0, 4.6, forever).level(165.8995 / 365.25), 2.0, 1e-6));
  // 13 % a month is 4.334523 a year; with serving twice or three times as efficient each year the GPU need grows:
  const double tokens = std::pow(1.13, 12);
  CHECK(near(Growth::from_yearly_factor(1.0, tokens / 2, forever).level(1.0), 2.167262, 5e-7));
  CHECK(near(Growth::from_yearly_factor(1.0, tokens / 3, forever).level(1.0), 1.444841, 5e-7));
  CHECK_THROWS_AS(Growth::from_yearly_factor(1.0, 0.0, 2.0), std::invalid_argument);
}
