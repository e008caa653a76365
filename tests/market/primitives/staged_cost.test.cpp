#include "sim/market/primitives/staged_cost.hpp"

#include <cmath>

#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;

TEST_CASE("a dollar for a site that is paid by stages is worth less than one today", "[market][primitives]") {
  CHECK(present_cost({0.3, 0.1, 2.0}, 0.0) == test::near(1.0));
  CHECK(present_cost({1.0, 1.0, 2.0}, 0.2) == test::near(1.0));  // all of it at once
  // The rest of the shell evenly, the rest of the site at .7, .8, .9 and 1 of two years; the integral by small steps.
  double evenly = 0.0;
  const int steps = 100'000;
  for (int i = 0; i < steps; ++i) evenly += std::exp(-0.2 * 2.0 * (i + 0.5) / steps) / steps;
  const double phases = (std::exp(-0.28) + std::exp(-0.32) + std::exp(-0.36) + std::exp(-0.4)) / 4.0;
  CHECK(present_cost({0.3, 0.1, 2.0}, 0.2) == test::near(0.3 * (0.1 + 0.9 * evenly) + 0.7 * phases, 1e-9));
}
