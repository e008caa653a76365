#include "sim/market/primitives/concentration.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
using test::near;

TEST_CASE("the cloud shares of F3 raise no alarm until the second and third merge", "[market][concentration][F3]") {
  std::vector<double> sizes{28, 21, 14};
  sizes.insert(sizes.end(), 37, 1.0);
  const ConcentrationScreen screen;
  CHECK(near(hhi(sizes), 1458.0));  // 784 + 441 + 196 + 37
  CHECK_FALSE(screen.alarms(hhi(sizes), largest_share(sizes), 0.0));
  const double rise = hhi_rise_of_merger(sizes, 1, 2);
  CHECK(near(rise, 588.0));  // 2 x 21 x 14
  std::vector<double> merged = sizes;
  merged[1] += merged[2];
  merged.erase(merged.begin() + 2);
  CHECK(near(hhi(merged), 2046.0));
  CHECK(near(hhi(merged) - hhi(sizes), rise));
  CHECK(near(largest_share(merged), 0.35));
  CHECK(screen.alarms(hhi(merged), largest_share(merged), 0.0));
  CHECK(screen.alarms(hhi(merged), 0.28, rise));  // either the share or the rise
  CHECK_FALSE(screen.alarms(hhi(merged), 0.28, 99.0));
}

TEST_CASE("concentration depends on shares only and runs from 0 to 10,000", "[market][concentration]") {
  CHECK(near(hhi(std::vector<double>{3e6, 1e6}), 6250.0));
  CHECK(near(hhi(std::vector<double>{0.3, 0.1}), 6250.0));
  CHECK(hhi(std::vector<double>{5.0}) == 10'000.0);
  CHECK(hhi(std::vector<double>{0.0, 0.0}) == 0.0);
  CHECK(largest_share({}) == 0.0);
  CHECK_THROWS_AS(hhi(std::vector<double>{1.0, -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(hhi_rise_of_merger(std::vector<double>{1.0, 1.0}, 0, 0), std::invalid_argument);
}
