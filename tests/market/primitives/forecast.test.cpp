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
  CHECK(near(h.forecast(3) / 0.8, 723.588635, 5e-7));  // the capacity that serves it at 80 %
}

TEST_CASE("on demand that grows steadily Holt's forecast is exact", "[market][forecast][A11]") {
  Holt h{std::log(10.0), std::log(3.0), 0.5, 0.3};
  for (int year = 1; year <= 6; ++year) h.observe(10.0 * std::pow(3.0, year));
  CHECK(near(h.forecast(0.75), 10.0 * std::pow(3.0, 6.75)));
}

TEST_CASE("a forecast of no demand is refused", "[market][forecast]") {
  Holt h;
  CHECK_THROWS_AS(h.observe(0.0), std::invalid_argument);
}
