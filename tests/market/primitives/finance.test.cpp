#include "sim/market/primitives/finance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

TEST_CASE("ten percent a year gives the present values of F4", "[market][finance][F4]") {
  const double delta = continuous_rate(0.10);
  CHECK(near(present_value(std::vector<double>{-100, 30, 40, 50, 20}, std::vector<double>{0, 1, 2, 3, 4}, delta),
             11.556587665, 5e-10));
  CHECK(near(present_value_of_flow(5.0, 0.2, 4.7, delta), 30.358876698, 5e-10));
  // Growth at the discount rate makes every year worth the same.
  CHECK(near(present_value_of_flow(5.0, delta, 4.0, delta), 20.0));
  CHECK_THROWS_AS(present_value(std::vector<double>{1.0}, {}, delta), std::invalid_argument);
  CHECK_THROWS_AS(continuous_rate(-1.0), std::invalid_argument);
}

TEST_CASE("discounting runs both ways from the valuation date", "[market][finance]") {
  const double delta = continuous_rate(0.10);
  const core::SimTime valuation = core::date(2026, 4, 27);
  CHECK(discount_factor(delta, valuation, valuation) == 1.0);
  CHECK(near(discount_factor(delta, valuation, valuation + core::years(1)), 1.0 / 1.1));
  CHECK(near(discount_factor(delta, valuation, valuation - core::years(2)), 1.21));
}

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
    CHECK(largest.tenthousandths - least.tenthousandths <= 1);
  }
  CHECK_THROWS_AS(depreciated(cost, core::kDay, core::SimDuration{0}), std::invalid_argument);
}
