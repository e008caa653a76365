#include "sim/market/supply/site_plan.hpp"

#include <cmath>
#include <numeric>

#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

TEST_CASE("the stages of a site add up to it, whatever its size", "[market][supply]") {
  CapitalRule rule;
  rule.shell_share = 0.32;
  for (const std::int64_t kilowatts : {1, 2, 3, 5, 99, 1'003, 123'457}) {
    const auto parts = site_parts(kilowatts);
    CHECK(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) == kilowatts);
    const std::int64_t shell = shell_of_site(rule, kilowatts);
    std::int64_t power = 0;
    for (const std::int64_t part : parts) power += part - shell_part(rule, part);
    CHECK(shell + power == kilowatts);
    CHECK(std::abs(static_cast<double>(shell) - 0.32 * static_cast<double>(kilowatts)) <= 2.0);
  }
}

TEST_CASE("a shell is paid as a deposit and then in equal parts month by month", "[market][supply]") {
  const PlanMonths months{core::month_index(core::date(2026, 1, 1)), 12};
  std::vector<std::int64_t> by_month;
  add_shell(by_month, months, core::date(2026, 2, 10), core::date(2026, 5, 3), 100, 0.1);
  CHECK(by_month == std::vector<std::int64_t>{0, 10, 30, 30, 30, 0, 0, 0, 0, 0, 0, 0});
  add_shell(by_month, months, core::date(2026, 2, 1), core::date(2026, 2, 20), 7, 0.1);  // within one month
  CHECK(by_month[1] == 17);
  add_shell(by_month, months, core::date(2026, 9, 1), core::date(2030, 1, 1), 11, 0.0);  // beyond the plan's months
  CHECK(std::accumulate(by_month.begin(), by_month.end(), std::int64_t{0}) == 118);
}

TEST_CASE("a site is split by share within what each region can build", "[market][supply]") {
  Cloud cloud;
  cloud.regions.resize(3);
  cloud.regions[0].share = 0.7;
  cloud.regions[1].share = 0.2;
  cloud.regions[2].share = 0.1;
  const auto free = split_site(cloud, 100.0, 0.25);
  CHECK(free[0] == test::near(70.0));
  CHECK(free[2] == test::near(10.0));
  // 40 kW a quarter in the first: of the other 30, two thirds and one third.
  cloud.regions[0].build_limit_mw = 0.16;
  const auto bound = split_site(cloud, 100.0, 0.25);
  CHECK(bound[0] == test::near(40.0));
  CHECK(bound[1] == test::near(40.0));
  CHECK(bound[2] == test::near(20.0));
  cloud.regions[1].build_limit_mw = 0.1;
  cloud.regions[2].build_limit_mw = 0.0;
  const auto all = split_site(cloud, 100.0, 0.25);
  CHECK(all[0] + all[1] + all[2] == test::near(65.0));
  CHECK(all[2] == 0.0);
}
