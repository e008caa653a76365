#include "sim/market/primitives/growth_chain.hpp"

#include <stdexcept>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

TEST_CASE("a growth chain adds the gap while it is fast and takes the trend off", "[market][growth_chain]") {
  const core::SimTime start = core::date(2026, 1, 1);
  GrowthChain chain(start, true, 0.4, 0.25);
  chain.add_switch(start + core::years(1));
  chain.add_switch(start + core::years(3));
  CHECK(chain.log_level(start) == 0.0);
  CHECK(near(chain.log_level(start + core::years(1)), 0.4 * (1.0 - 0.25)));
  CHECK(near(chain.log_level(start + core::years(2)), 0.4 * (1.0 - 0.5)));
  CHECK(near(chain.log_level(start + core::years(4)), 0.4 * (2.0 - 1.0)));
  CHECK(chain.fast_at(start));
  CHECK_FALSE(chain.fast_at(start + core::years(1)));  // it has switched by then
  CHECK(chain.fast_at(start + core::years(3)));
}

TEST_CASE("a growth chain without switches or without a gap", "[market][growth_chain]") {
  const core::SimTime start = core::date(2026, 1, 1);
  CHECK(near(GrowthChain(start, false, 0.4, 0.5).log_level(start + core::years(1)), -0.2));
  CHECK(GrowthChain(start, true, 0.0, 0.5).log_level(start + core::years(9)) == 0.0);
}

TEST_CASE("a growth chain refuses switches that go back in time", "[market][growth_chain]") {
  const core::SimTime start = core::date(2026, 1, 1);
  GrowthChain chain(start, true, 0.4, 0.5);
  CHECK_THROWS_AS(chain.add_switch(start - core::kDay), std::invalid_argument);
  chain.add_switch(start + core::kDay);
  CHECK_THROWS_AS(chain.add_switch(start), std::invalid_argument);
}
