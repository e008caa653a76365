#include <cmath>

#include "sim/market/enterprise/utility.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;

TEST_CASE("governing more clouds costs by the cloud and by the pair", "[market][enterprise][C11]") {
  // gamma_1 = 400 k$, gamma_2 = 150 k$ a year: 3 clouds 2 x 400 + 3 x 150, 4 clouds 3 x 400 + 6 x 150.
  CHECK(governance_cost(400e3, 150e3, 1) == 0.0);
  CHECK(governance_cost(400e3, 150e3, 2) == 550e3);
  CHECK(governance_cost(400e3, 150e3, 3) == 1250e3);
  CHECK(governance_cost(400e3, 150e3, 4) == 2100e3);
}
