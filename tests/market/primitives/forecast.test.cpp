#include "sim/market/primitives/forecast.hpp"

#include <cmath>
#include <stdexcept>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
using test::near;

TEST_CASE("Holt's smoothing of ln demand gives A12's forecast and capacity target", "[market][forecast][A12]") {
  Holt h{std::log(100.0), std::log(1.25), 0.5, 0.3};  // the first observation is the initial level
  for (const double demand : {125.0, 150.0, 190.0, 240.0, 300.0}) h.observe(demand);
  CHECK(near(h.level, 5.697802436, 5e-10));
  CHECK(near(h.trend, 0.221092353, 5e-10));
  CHECK(near(h.forecast(3), 578.870908, 5e-7));
  CHECK(near(capacity_target(h.forecast(3), 0.8), 723.588635, 5e-7));
}

TEST_CASE("on demand that grows steadily Holt's forecast is exact, and with it utilisation at delivery is the target",
          "[market][forecast][A11]") {
  Holt h{std::log(10.0), std::log(3.0), 0.5, 0.3};
  for (int year = 1; year <= 6; ++year) h.observe(10.0 * std::pow(3.0, year));
  const double demand = 10.0 * std::pow(3.0, 6.75);
  CHECK(near(h.forecast(0.75), demand));
  CHECK(near(demand / capacity_target(h.forecast(0.75), 0.8), 0.8));
}

TEST_CASE("a naive forecast under threefold growth leaves 45 percent unserved after nine months",
          "[market][forecast][A11]") {
  const double growth = std::log(3.0);
  const double ratio = naive_utilisation_at_delivery(0.8, growth, 0.75);
  CHECK(near(ratio, 1.823605646, 5e-10));
  CHECK(near(1.0 - 1.0 / ratio, 0.451635828, 5e-10));
  CHECK(near(longest_naive_lead(0.8, growth), 0.203114014, 5e-10));
  // The same from the pieces: capacity ordered for today's demand meets the demand of three quarters later.
  const double today = 100.0;
  CHECK(near(today * std::pow(3.0, 0.75) / capacity_target(naive_forecast(today), 0.8), ratio));
  CHECK(near(naive_utilisation_at_delivery(0.8, growth, longest_naive_lead(0.8, growth)), 1.0));
}

TEST_CASE("a forecast of no demand or a target of nothing is refused", "[market][forecast]") {
  Holt h;
  CHECK_THROWS_AS(h.observe(0.0), std::invalid_argument);
  CHECK_THROWS_AS(capacity_target(1.0, 0.0), std::invalid_argument);
}
