#include <cmath>
#include <limits>

#include "sim/core/error.hpp"
#include "sim/core/whole.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

TEST_CASE("a double becomes a whole number or a sentence, never an undefined one", "[core][whole]") {
  CHECK(core::whole(2.9, "x") == 2);
  CHECK(core::whole(-2.9, "x") == -2);
  CHECK(core::whole(std::nextafter(0x1p56, 0.0), "x") ==
        (std::int64_t{1} << 56) - 8);  // doubles just below 2^56 are 8 apart
  for (const double value :
       {0x1p56, -0x1p56, 1e300, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_AS(core::whole(value, "x"), core::LedgerError);
  CHECK_THROWS_WITH(core::whole(1e20, "the load"), "the load grew to 1e+20, more than a run can count");
}

TEST_CASE("a sum that 64 bits cannot hold is refused", "[core][whole]") {
  std::int64_t sum = std::numeric_limits<std::int64_t>::max() - 5;
  core::add_whole(sum, 5, "x");
  CHECK(sum == std::numeric_limits<std::int64_t>::max());
  CHECK_THROWS_AS(core::add_whole(sum, 1, "x"), core::LedgerError);
}
