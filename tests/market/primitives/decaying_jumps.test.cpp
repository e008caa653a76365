#include "sim/market/primitives/decaying_jumps.hpp"

#include <stdexcept>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

TEST_CASE("jumps fall by half in each half-life and add up", "[market][jumps]") {
  const core::SimTime start = core::date(2026, 1, 1);
  DecayingJumps jumps(0.5);
  CHECK(jumps.level(start) == 0.0);
  jumps.add(start, 0.8);
  jumps.add(start + core::years(1), -0.3);
  CHECK(jumps.level(start - core::kDay) == 0.0);
  CHECK(jumps.level(start) == 0.8);
  CHECK(near(jumps.level(start + core::years(0.5)), 0.4));
  CHECK(near(jumps.level(start + core::years(1)), 0.2 - 0.3));
  CHECK(near(jumps.level(start + core::years(1.5)), -0.05));
}

TEST_CASE("jumps refuse what makes no sense", "[market][jumps]") {
  const core::SimTime start = core::date(2026, 1, 1);
  CHECK_THROWS_AS(DecayingJumps(0.0), std::invalid_argument);
  DecayingJumps jumps(1.0);
  jumps.add(start, 0.1);
  CHECK_THROWS_AS(jumps.add(start - core::kDay, 0.1), std::invalid_argument);
}
