#include "sim/market/supply/budget.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "sim/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

const core::SimTime kBegin = core::date(2026, 1, 1);

PlanMonths two_years() { return {core::month_index(kBegin), 24}; }

/// Does committed + share x wanted stay within the limits at the end of every quarter? Written without the code under
/// test: sums from the January of each year, and from the first month.
bool fits(const Budget& budget, const Spending& committed, const Spending& wanted, double share) {
  for (std::size_t q = 2; q < budget.months.size(); q += 3) {
    const std::size_t january = q / 12 * 12;
    double spent = 0.0, wants = 0.0, allowed = 0.0;
    for (std::size_t m = january; m <= q; ++m) {
      spent += committed[m] + share * wanted[m];
      wants += wanted[m];
      allowed += budget.guided[m];
    }
    if (wants > 0 && spent > allowed * (1 + 1e-9)) return false;
    if (budget.funds.empty()) continue;
    spent = wants = 0.0;
    for (std::size_t m = 0; m <= q; ++m) {
      spent += committed[m] + share * wanted[m];
      wants += wanted[m];
    }
    if (wants > 0 && spent > budget.funds[q] * (1 + 1e-9)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a month's budget is its part of the year, and the least announced spending counts", "[market][supply]") {
  CapitalRule rule;
  rule.usd_per_year = 12e9;
  const Budget flat = budget_of(rule, kBegin, two_years());
  CHECK(flat.funds.empty());
  CHECK(flat.guided[0] == test::near(12e9 * 31 / 365.25));
  CHECK(flat.guided[1] == test::near(12e9 * 28 / 365.25));

  rule.growth = {1.0, 2.0};
  rule.guidance = {{"half", core::date(2026, 1, 1), core::date(2026, 7, 1), 24e9},
                   {"lean", core::date(2026, 2, 1), core::date(2026, 4, 1), 6e9}};
  const Budget guided = budget_of(rule, kBegin, two_years());
  CHECK(guided.guided[0] == test::near(24e9 * 31 / 365.25));
  CHECK(guided.guided[2] == test::near(6e9 * 31 / 365.25));
  // Afterwards the span that ended last grows on from its middle: growth of a factor of 2 a year that fades.
  const double middle = core::in_years(core::date(2026, 4, 1) + core::kDay / 2 - kBegin);
  const double august = core::in_years(core::date(2026, 8, 16) + core::kDay / 2 - kBegin);
  CHECK(guided.guided[7] ==
        test::near(24e9 * rule.growth.level(august) / rule.growth.level(middle) * 31 / 365.25, 1e-9));
}

TEST_CASE("a budget that begins in mid-month holds the rest of it", "[market][supply]") {
  CapitalRule rule;
  rule.usd_per_year = 365.25e6;
  const auto start = core::date(2026, 1, 11);
  const Budget budget = budget_of(rule, start, {core::month_index(start), 2});
  CHECK(budget.guided[0] == test::near(21e6));
  CHECK(budget.guided[1] == test::near(28e6));
  CHECK(guided_between(budget, core::date(2026, 2, 1), core::date(2026, 2, 15)) == test::near(14e6));
}

TEST_CASE("what was announced and is not committed is left up to the end of the quarter", "[market][supply]") {
  CapitalRule rule;
  rule.usd_per_year = 48e9;
  rule.guidance = {{"half", core::date(2026, 4, 1), core::date(2026, 10, 1), 36525.0},
                   {"year", core::date(2027, 1, 1), core::date(2028, 1, 1), 73050.0}};
  CHECK(left_of_announced(budget_of(rule, kBegin, two_years()), Spending(24), 5) == 0.0);  // a limit, no plan
  rule.plan_share = 0.5;
  const Budget budget = budget_of(rule, kBegin, two_years());  // 100 $ a day from April to September, then 200
  Spending committed(24, 1000.0);
  CHECK(left_of_announced(budget, committed, 0) == 0.0);  // nothing is announced for the first quarter
  CHECK(left_of_announced(budget, committed, 3) == test::near(100.0 * 91 - 3000.0));
  CHECK(left_of_announced(budget, committed, 7) == test::near(100.0 * 183 - 6000.0));
  CHECK(left_of_announced(budget, committed, 11) == test::near(100.0 * 183 - 6000.0));  // and none for the last
  CHECK(left_of_announced(budget, committed, 12) == test::near(200.0 * 90 - 3000.0));   // a year is no debt of the next
  committed[14] = 1e9;
  CHECK(left_of_announced(budget, committed, 13) == 0.0);
}

TEST_CASE("cash and debt limit what is spent since the start", "[market][supply]") {
  CapitalRule rule;
  rule.usd_per_year = 1e12;
  rule.operating_cash_usd = 365.25e6;
  rule.cash_share = 0.5;
  rule.debt_limit_usd = 100e6;
  const Budget budget = budget_of(rule, kBegin, two_years());
  // 31 + 28 + 31 days at half a million, and the debt.
  CHECK(budget.funds[2] == test::near(145e6));
  Spending committed(24), wanted(24);
  committed[0] = 100e6;
  wanted[1] = 90e6;
  CHECK(affordable_share(budget, committed, wanted) == test::near(0.5));
  // 59 days at half a million, and the debt: less than 59 of 365.25 parts of the guidance.
  CHECK(allowed_so_far(budget, committed, 1) == test::near(129.5e6));
  committed[11] = 20e6;  // the next year begins with what the one before has left of cash and debt
  CHECK(allowed_so_far(budget, committed, 12) == test::near(100e6 + 396 * 0.5e6 - 120e6));
}

TEST_CASE("what is committed leaves less of guidance, cash and debt for new orders", "[market][supply]") {
  Budget budget{two_years(), Spending(24, 10.0), {}};
  Spending committed(24, 2.0);
  // From the middle of January to the end of March: 5 + 10 + 10 less 6, which stand in these months.
  const auto january = core::date(2026, 1, 1) + core::kDay * 31 / 2;
  CHECK(uncommitted(budget, committed, january, core::date(2026, 3, 5)) == test::near(19.0));
  budget.funds = Spending(24, 8.0);
  CHECK(uncommitted(budget, committed, january, core::date(2026, 3, 5)) == test::near(2.0));
  budget.funds[2] = 1.0;
  CHECK(uncommitted(budget, committed, january, core::date(2026, 3, 5)) == 0.0);
}

TEST_CASE("what later quarters owe is taken from the year before it is spent", "[market][supply]") {
  Budget budget{two_years(), Spending(24, 10.0), {}};
  Spending committed(24), wanted(24);
  committed[11] = 100.0;  // in December: 20 of the year's 120 are left
  wanted[1] = 40.0;
  CHECK(affordable_share(budget, committed, wanted) == test::near(0.5));
  wanted[1] = 0.0;
  wanted[13] = 40.0;  // what the first year leaves lapses: March of the second has its own 30
  CHECK(affordable_share(budget, committed, wanted) == test::near(0.75));
  committed[13] = 60.0;
  CHECK(affordable_share(budget, committed, wanted) == 0.0);
}

TEST_CASE("the affordable share is the greatest that fits, in random plans", "[market][supply]") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> amount(0.0, 100.0);
  int bound = 0;
  for (int trial = 0; trial < 500; ++trial) {
    Budget budget{two_years(), Spending(24), {}};
    Spending committed(24), wanted(24);
    double funds = amount(random);
    for (std::size_t m = 0; m < 24; ++m) {
      budget.guided[m] = amount(random);
      committed[m] = 0.6 * amount(random);
      if (amount(random) < 20) wanted[m] = amount(random);
      funds += amount(random);
      if (trial % 2 == 0) budget.funds.push_back(funds);
    }
    const double share = affordable_share(budget, committed, wanted);
    REQUIRE(share >= 0.0);
    REQUIRE(share <= 1.0);
    if (share > 0) CHECK(fits(budget, committed, wanted, share));
    if (share < 1) CHECK_FALSE(fits(budget, committed, wanted, share + 1e-6));
    bound += share > 0 && share < 1 ? 1 : 0;
    Spending after = committed;
    for (std::size_t m = 0; m < 24; ++m) after[m] += share * wanted[m];
    CHECK_NOTHROW(check_plan(budget, committed, after, "north"));
  }
  CHECK(bound > 50);
}

TEST_CASE("a plan beyond its budget stops the run and names cloud and month", "[market][supply]") {
  const Budget budget{two_years(), Spending(24, 10.0), {}};
  Spending before(24), after(24);
  before[4] = 70.0;  // 10 more than the half year holds: ordered before the start
  after = before;
  CHECK_NOTHROW(check_plan(budget, before, after, "north"));
  after[16] = 65.0;
  try {
    check_plan(budget, before, after, "north");
    FAIL("a plan of 65 where 60 are left");
  } catch (const core::LedgerError& e) {
    const std::string text = e.what();
    CHECK(text.find("north plans to spend 65") != std::string::npos);
    CHECK(text.find("2027-06") != std::string::npos);
  }
  after[16] = 0.0;
  after[5] = 5.0;  // adds to what is already too much
  CHECK_THROWS_AS(check_plan(budget, before, after, "north"), core::LedgerError);
}

TEST_CASE("borrowing: a firm may spend what lenders still allow and what its business brings", "[market][supply]") {
  CapitalRule rule;
  rule.usd_per_year = 1e12;
  const core::SimTime start = core::date(2026, 1, 1);
  Budget budget = budget_of(rule, start, {core::month_index(start), 24});
  lend(budget, {300.0, 100.0, 365.25}, core::date(2026, 7, 1));
  CHECK(budget.funds[0] == 300.0);                                     // the past is spent
  CHECK(budget.funds[6] == test::near(300.0 + 100.0 + 31.0, 1e-6));    // 1 $ a day to the end of July
  CHECK(budget.funds[11] == test::near(300.0 + 100.0 + 184.0, 1e-6));  // and of December
  Spending nothing(24), wanted(24), paid(24);
  paid[3] = 300.0;
  wanted[7] = 562.0;  // in the third quarter there are 192 of them
  CHECK(affordable_share(budget, paid, wanted) == test::near((100.0 + 92.0) / 562.0, 1e-6));
}
