#include "sim/market/primitives/finance.hpp"

#include <algorithm>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

TEST_CASE("straight-line depreciation of a 30,000 dollar unit over six years is A13's and sums to the cost exactly",
          "[market][finance][A13]") {
  const Money cost = Money::from_usd(30'000);
  const core::SimDuration life = core::years(6);
  CHECK(near(30'000.0 / core::in_days(life), 13.689254, 5e-7));
  CHECK(near(depreciated(cost, core::days(1), life).usd(), 13.689254, 1e-4));
  CHECK(cost - depreciated(cost, core::years(2.5), life) == Money::from_usd(17'500));
  for (const std::int64_t units : {300'000'000LL, 123'456'789LL, 7LL, 90'071'992'547'409'931LL}) {
    Money sum;
    Money largest, least{INT64_MAX};
    core::SimDuration age{0};
    for (; age < life + core::kDay; age += core::kDay) {
      const Money posting = depreciated(Money{units}, age + core::kDay, life) - depreciated(Money{units}, age, life);
      sum += posting;
      if (age + core::kDay <= life) {
        largest = std::max(largest, posting);
        least = std::min(least, posting);
      }
    }
    CHECK(sum == Money{units});
    CHECK(largest.tenthousandths() - least.tenthousandths() <= 1);
  }
  CHECK_THROWS_AS(depreciated(cost, core::kDay, core::SimDuration{0}), std::invalid_argument);
}
