#include <algorithm>
#include <cmath>

#include "sim/market/labs/finance.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

constexpr double kYearDays = core::kDaysPerYear;

LabCash rule() {
  LabCash r;
  r.opening_usd = 0.0;
  r.horizon_months = 12.0;
  r.share = 1.0;
  r.research_floor = 0.1;
  r.runway_months = 6.0;
  r.default_hazard = 2.0;
  return r;
}

/// Plans of 300 $ a day of training and 200 of research; 100 $ a day are earned.
CashPosition position(double cash) {
  CashPosition p;
  p.cash = cash;
  p.earned = 100.0;
  p.training = 300.0;
  p.research = 200.0;
  return p;
}

}  // namespace

TEST_CASE("finance: with ample cash nothing is cut", "[market][labs][cash]") {
  // 400 $ a day are missing: 146,100 $ a year, the horizon.
  const FinanceSignal all = budget(rule(), position(146'100.0));
  CHECK(all.training == 1.0);
  CHECK(all.research == 1.0);
  CHECK_FALSE(all.defers);
  CHECK(all.default_hazard == 0.0);
  CHECK(rung_of(all) == 0);
}

TEST_CASE("finance: research yields first, then training, down to the floor", "[market][labs][cash]") {
  // 350 $ a day: all of training, a quarter of research.
  const FinanceSignal some = budget(rule(), position(250.0 * kYearDays));
  CHECK(some.training == 1.0);
  CHECK(std::abs(some.research - 0.25) < 1e-12);
  CHECK(rung_of(some) == 1);
  // 170 $ a day: a tenth of research is 20, so half of training.
  const FinanceSignal less = budget(rule(), position(70.0 * kYearDays));
  CHECK(less.research == 0.1);
  CHECK(std::abs(less.training - 0.5) < 1e-12);
  CHECK(rung_of(less) >= 2);
  // At the floor 50 $ a day, which cash for half a year allows: 9131.25 $. With a tenth of it a tenth of the floor.
  CHECK(floor_of(rule(), position(9131.25)) == 0.1);
  CHECK(std::abs(floor_of(rule(), position(913.125)) - 0.01) < 1e-12);
  CashPosition losing = position(913.125);
  losing.earned = -1000.0;
  CHECK(std::abs(budget(rule(), losing).training - 0.01) < 1e-12);
  const FinanceSignal none = budget(rule(), position(-1e6));
  CHECK(none.research == 0.0);
  CHECK(none.training == 0.0);
}

TEST_CASE("finance: funding that is expected, and work that commitments pay for, are spent", "[market][labs][cash]") {
  CashPosition p = position(150.0 * kYearDays);
  p.expected = 100.0 * kYearDays;
  CHECK(std::abs(affordable_per_day(rule(), p) - 350.0) < 1e-9);
  // Money that is only expected pays no bill: 50 x 365.25 of cash over half a year.
  p = position(50.0 * kYearDays);
  p.expected = 900.0 * kYearDays;
  CHECK(std::abs(affordable_per_day(rule(), p) - 200.0) < 1e-9);
  p.promised = 25.0 * kYearDays;
  CHECK(std::abs(affordable_per_day(rule(), p) - 250.0) < 1e-9);
  p = position(0.0);
  p.prepaid = 420.0;
  CHECK(affordable_per_day(rule(), p) == 420.0);
  CHECK(std::abs(budget(rule(), p).research - 0.6) < 1e-12);
  p.shortfall = 1000.0;  // what is owed in any case frees no more than that
  CHECK(affordable_per_day(rule(), p) == 420.0);
}

TEST_CASE("finance: reserved compute is paid once", "[market][labs][cash]") {
  // A lab that earns 100 $ a day and buys all of its research at once, and one that pays 60 $ of it as a reservation's
  // fee.
  CashPosition bought = position(0.0), reserved = bought;
  reserved.earned = bought.earned - 60.0;
  reserved.reserved = 60.0;
  CHECK(affordable_per_day(rule(), reserved) == affordable_per_day(rule(), bought));
  CHECK(budget(rule(), reserved).research == budget(rule(), bought).research);
  CHECK(budget(rule(), reserved).default_hazard == budget(rule(), bought).default_hazard);
}

TEST_CASE("finance: the hazard of default grows as the runway is used up", "[market][labs][cash]") {
  // At the floor 50 $ a day are spent and 100 earned: no cash is needed. Half of that earned: none either.
  CHECK(budget(rule(), position(0.0)).default_hazard == 0.0);
  // 150 $ a day are lost before research and 50 spent on it: 200 a day, 36,525 $ in six months.
  const auto at = [](double cash, double promised = 0.0) {
    CashPosition p = position(cash);
    p.earned = -150.0;
    p.promised = promised;
    return budget(rule(), p);
  };
  CHECK(std::abs(at(0.0).default_hazard - 2.0) < 1e-12);
  CHECK(std::abs(at(36'525.0 / 4).default_hazard - 1.5) < 1e-9);
  CHECK(std::abs(at(0.0, 36'525.0 / 2).default_hazard - 1.0) < 1e-9);
  CHECK(at(36'525.0).default_hazard == 0.0);
  CHECK_FALSE(at(36'525.0).defers);
  CHECK(at(0.0).defers);
  // Below zero nothing is spent on research: 150 $ a day, 27,393.75 in six months. The hazard goes on growing.
  CHECK(std::abs(at(-36'525.0).default_hazard - 2.0 * (1.0 + 36'525.0 / 27'393.75)) < 1e-9);
  double before = at(40'000.0).default_hazard;
  for (double cash = 40'000.0; cash > -40'000.0; cash -= 997.0) {
    REQUIRE(at(cash).default_hazard >= before);
    before = at(cash).default_hazard;
  }
}

TEST_CASE("finance: what was cut comes back over months", "[market][labs][cash]") {
  LabCash r = rule();
  r.restart_months = 4.0;
  CashPosition p = position(1e9);
  FinanceSignal now, all;
  CHECK(restarted(r, p, now, all).training == 1.0);  // what was not cut stays, to the bit
  now.training = now.research = 0.0;
  for (int month = 1; month <= 6; ++month) {
    now = restarted(r, p, now, all);
    CHECK(now.training == std::min(1.0, month / 4.0));
    CHECK(now.research == now.training);
  }
  now.training = now.research = 0.1;
  FinanceSignal less;
  less.training = 0.2;
  less.research = 0.05;  // cuts are made at once
  CHECK(restarted(r, p, now, less).training == 0.2);
  CHECK(restarted(r, p, now, less).research == 0.05);
  p.prepaid = 300.0;  // of 500: what commitments pay for is used at once
  p.reserved = 100.0;
  CHECK(restarted(r, p, now, all).research == 0.8);
}

TEST_CASE("finance: a lab that could not pay next month's bills is rescued", "[market][labs][cash]") {
  LabCash r = rule();
  r.overdraft_usd = 5000.0;
  const auto at = [&](double cash, double promised = 0.0) {
    CashPosition p = position(cash);
    p.earned = -150.0;
    p.promised = promised;
    return rescue_usd(r, p, budget(r, p));
  };
  // 150 $ a day are lost: 4565.625 a month, of which the credit line pays what cash does not.
  CHECK(at(0.0) == 0.0);
  CHECK(at(-434.0) == 0.0);
  // What half a year needs, 27,393.75 $, is raised, less what is promised, but at least what the month lacks.
  CHECK(std::abs(at(-1000.0) - (27'393.75 + 1000.0)) < 1e-6);
  // Promised money pays for some research too: 9000 over the runway, so all of it is spent and the same is missing.
  CHECK(std::abs(at(-1000.0, 10'000.0) - 27'393.75) < 1e-6);
  CHECK(at(-1000.0, 1e9) >= 565.0);
  // A lease of 50 $ a day that began last month counts in full.
  CashPosition leasing = position(-1000.0);
  leasing.earned = -100.0;
  leasing.fell = 50.0;
  CHECK(std::abs(rescue_usd(r, leasing, budget(r, leasing)) - at(-1000.0)) < 1e-6);
  // A lab that earns its bills is rescued only below its credit line, to nothing.
  const auto earning = [&](double cash) { return rescue_usd(r, position(cash), budget(r, position(cash))); };
  CHECK(earning(-4999.0) == 0.0);
  CHECK(earning(-6000.0) == 6000.0);
}

TEST_CASE("finance: yearly growth of revenue", "[market][labs][cash]") {
  std::vector<CashSignal> months(2);
  CHECK(yearly_growth_usd(months) == 0.0);  // too few
  months.assign(13, {});
  for (int i = 0; i < 13; ++i) {
    months[static_cast<std::size_t>(i)].month = 600 + i;
    months[static_cast<std::size_t>(i)].revenue = 10.0 + i;  // $ a day
  }
  CHECK(std::abs(yearly_growth_usd(months) - 12.0 * kYearDays) < 1e-9);
  months.resize(4);  // three months of it, brought to a year
  CHECK(std::abs(yearly_growth_usd(months) - 12.0 * kYearDays) < 1e-9);
}

TEST_CASE("finance: a round brings no more than makes cash last", "[market][labs][cash]") {
  LabCash rule;
  CashSignal month;
  month.training = 2e6;
  month.research = 3e6;
  CHECK(most_raised(rule, {month}, 1e12, 7e9) == 7e9);  // without a bound whatever cash there is
  rule.round_covers_months = 12.0;                      // of 5 M$ a day: 1826.25 M$
  CHECK(std::abs(most_raised(rule, {month}, 0.0, 7e9) - 1826.25e6) < 1.0);
  CHECK(std::abs(most_raised(rule, {month}, 1000e6, 7e9) - 826.25e6) < 1.0);
  CHECK(most_raised(rule, {month}, 1000e6, 100e6) == 100e6);
  CHECK(most_raised(rule, {month}, 2000e6, 100e6) == 0.0);
  CHECK(std::abs(most_raised(rule, {month}, -500e6, 7e9) - 2326.25e6) < 1.0);
}
