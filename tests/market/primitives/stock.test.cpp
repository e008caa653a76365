#include "sim/market/primitives/stock.hpp"

#include <stdexcept>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
using test::near;

TEST_CASE("a stock halves in its half-life and rises by what is added", "[market][stock]") {
  Stock s{8.0, 30.0};
  s.advance(60.0);
  CHECK(near(s.level, 2.0));
  s.add(1.5);
  CHECK(near(s.level, 3.5));
}

TEST_CASE("a stock's path does not depend on the cut of time", "[market][stock]") {
  Stock whole{3.0, 20.0};
  Stock cut = whole;
  whole.advance(50.0, 0.4);
  for (int i = 0; i < 500; ++i) cut.advance(0.1, 0.4);
  CHECK(near(cut.level, whole.level, 0.0, 1e-12));
  // level' = 0.4 - k level by the mid-point rule with a step of 1/1000: error of order 1e-7
  double level = 3.0;
  const double k = 0.693147180559945309 / 20.0;
  for (int i = 0; i < 50'000; ++i) {
    const double middle = level + 0.0005 * (0.4 - k * level);
    level += 0.001 * (0.4 - k * middle);
  }
  CHECK(near(whole.level, level, 1e-6));
}

TEST_CASE("a stock tends to inflow times half-life over ln 2, and sums when nothing decays", "[market][stock]") {
  Stock s{0.0, 10.0};
  s.advance(1000.0, 2.0);
  CHECK(near(s.level, 20.0 / 0.693147180559945309));
  Stock lasting{1.0};
  lasting.advance(7.0, 3.0);
  CHECK(lasting.level == 22.0);
}

TEST_CASE("a stock knows neither negative time nor a half-life of zero", "[market][stock]") {
  Stock s{1.0, 10.0};
  CHECK_THROWS_AS(s.advance(-1.0), std::invalid_argument);
  s.half_life = 0.0;
  CHECK_THROWS_AS(s.advance(1.0), std::invalid_argument);
}
