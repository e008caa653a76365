#include "sim/market/primitives/concentration.hpp"

#include <stdexcept>
#include <vector>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
using test::near;

TEST_CASE("the cloud shares of F3 have the index of F3, before and after the second and third merge",
          "[market][concentration][F3]") {
  std::vector<double> sizes{28, 21, 14};
  sizes.insert(sizes.end(), 37, 1.0);
  CHECK(near(hhi(sizes), 1458.0));  // 784 + 441 + 196 + 37
  std::vector<double> merged = sizes;
  merged[1] += merged[2];
  merged.erase(merged.begin() + 2);
  CHECK(near(hhi(merged), 1458.0 + 2.0 * 21.0 * 14.0));
}

TEST_CASE("concentration depends on shares only and runs from 0 to 10,000", "[market][concentration]") {
  CHECK(near(hhi(std::vector<double>{3e6, 1e6}), 6250.0));
  CHECK(near(hhi(std::vector<double>{0.3, 0.1}), 6250.0));
  CHECK(hhi(std::vector<double>{5.0}) == 10'000.0);
  CHECK(hhi(std::vector<double>{0.0, 0.0}) == 0.0);
  CHECK_THROWS_AS(hhi(std::vector<double>{1.0, -1.0}), std::invalid_argument);
}
