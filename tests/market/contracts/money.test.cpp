#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/contracts/revshare.hpp"
#include "sim/market/contracts/rofr.hpp"
#include "sim/market/contracts/take_or_pay.hpp"
#include "tests/market/contracts/money_oracle.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using namespace rackrate::market::contracts;
using core::date;

namespace {

kinds::Revshare share(double rate, double cap_usd, double already_paid_usd = 0.0) {
  kinds::Revshare c;
  c.rate = rate;
  c.cap_usd = cap_usd;
  c.already_paid_usd = already_paid_usd;
  return c;
}
Money usd(double x) { return Money::from_usd(x); }
std::vector<Money> units(const std::vector<std::int64_t>& all) {
  std::vector<Money> out;
  for (const std::int64_t one : all) out.emplace_back(one);
  return out;
}
bool near(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance * std::abs(b); }

}  // namespace

TEST_CASE("a revenue share stops at its cap, to the cent (check F1)", "[contracts][revshare]") {
  // Six days of 14,400 $, then 17,280 $: 20 % is 2,880 and 3,456. After nine days 6 x 2,880 + 3 x 3,456 = 27,648,
  // so 30,000 - 27,648 = 2,352 is left for the tenth; nothing after it.
  RevshareAccount account(share(0.2, 30'000));
  std::vector<Money> posted;
  for (int day = 0; day < 11; ++day) posted.push_back(account.post(usd(day < 6 ? 14'400 : 17'280)));
  std::vector<Money> expected(6, usd(2880));
  expected.insert(expected.end(), {usd(3456), usd(3456), usd(3456), usd(2352), Money{}});
  CHECK(posted == expected);
  CHECK(account.capped());
  CHECK(std::accumulate(posted.begin(), posted.end(), Money{}) == usd(30'000));
}

TEST_CASE("fractions of a unit are carried, so small postings lose nothing", "[contracts][revshare]") {
  // 7 units at 20 % are 1.4: 1, 1, 2, 1, 2 over five postings make 7 = 20 % of 35.
  RevshareAccount account(share(0.2, -1));
  std::vector<Money> posted;
  for (int i = 0; i < 5; ++i) posted.push_back(account.post(Money{7}));
  CHECK(posted == units({1, 1, 2, 1, 2}));
  // 9e14 $ at once neither overflows nor rounds: 20 % is 1.8e14 $.
  RevshareAccount large(share(0.2, -1));
  CHECK(large.post(Money{9'000'000'000'000'000'000}) == Money{1'800'000'000'000'000'000});
  CHECK_THROWS_AS(large.post(Money{-1}), core::LedgerError);
}

TEST_CASE("what was paid before counts against the cap, and an amendment with another cap starts X again",
          "[contracts][revshare]") {
  // Cap 100 $, 90 $ paid before: 20 % of 200 $ would be 40, but 10 is left.
  RevshareAccount account(share(0.2, 100, 90));
  CHECK(account.post(usd(200)) == usd(10));
  CHECK(account.post(usd(200)) == Money{});
  // The same cap restated goes on where it was: still nothing.
  account.amend(share(0.2, 100, 90));
  CHECK(account.post(usd(200)) == Money{});
  // A new cap of 50 $ counted from 0: 40, then 10.
  account.amend(share(0.2, 50, 0));
  CHECK(account.post(usd(200)) == usd(40));
  CHECK(account.post(usd(200)) == usd(10));
  // An uncapped share that is restated with a cap counts from what the restatement says, not from what it posted.
  RevshareAccount open(share(0.5, -1));
  CHECK(open.post(usd(1000)) == usd(500));
  open.amend(share(0.5, 200, 150));
  CHECK(open.post(usd(1000)) == usd(50));
}

TEST_CASE("shares in both directions are taken of gross revenue, each on its own base", "[contracts][revshare]") {
  // A lab earns 1,000 $ and pays a cloud 20 %; the cloud's channel earns 300 $ of it and pays 20 % back.
  //   lab -> cloud 200, cloud -> lab 60: net 140. Neither share is taken of the other.
  RevshareAccount to_cloud(share(0.2, 150)), to_lab(share(0.2, -1));
  CHECK(to_cloud.post(usd(1000)) == usd(150));  // capped
  CHECK(to_lab.post(usd(300)) == usd(60));
}

TEST_CASE("the date on which a growing revenue reaches the cap is the closed form (check B5)",
          "[contracts][revshare]") {
  // Share 20 % of 25 B$ a year = 5 B$ a year at 2026-04-27, cap 38 B$, revenue growing by the factor m a year.
  // X(y) = 5 (m^y - 1)/ln m = 38:
  //   m = 1:   y = 38/5                                  = 7.6
  //   m = 1.5: y = ln(1 + 7.6 x 0.4054651081)/0.4054651081 = ln 4.0815348216/0.4054651081 = 1.4064730835/0.4054651081
  //   = 3.4687894358 m = 2:   y = ln(1 + 7.6 x 0.6931471806)/0.6931471806 = ln 6.2679185723/0.6931471806
  //   = 1.8354445051/0.6931471806 = 2.6479866995
  // The same numbers without the simulator's mathematics: long double and the system's library.
  const core::SimTime t0 = date(2026, 4, 27);
  for (const double m : {1.0, 1.5, 2.0, 0.9}) {
    const long double growth = std::log(static_cast<long double>(m));
    const long double years = growth == 0.0L ? 38.0L / 5.0L : std::log1p(38.0L / 5.0L * growth) / growth;
    const core::SimTime reached = money_oracle::cap_reached_date(0.2, 38e9, {t0, 25e9, m});
    CHECK(near(core::in_years(reached - t0), static_cast<double>(years), 1e-9));
    CHECK(near(0.2 * money_oracle::revenue_until({t0, 25e9, m}, static_cast<double>(years)), 38e9, 1e-9));
  }
  // On the calendar: 7.6 y = 2775.90 d, 3.46879 y = 1266.98 d, 2.64799 y = 967.18 d.
  const auto day_of = [&](double m) {
    return std::chrono::floor<std::chrono::days>(money_oracle::cap_reached_date(0.2, 38e9, {t0, 25e9, m}));
  };
  CHECK(core::SimTime{day_of(1.0)} == t0 + core::days(2775));
  CHECK(core::SimTime{day_of(1.5)} == t0 + core::days(1266));
  CHECK(core::SimTime{day_of(2.0)} == t0 + core::days(967));
  // 10 B$ paid before leave 28: 28/5 = 5.6 y. Revenue falling by 60 % a year never sums to 190 B$: 25/ln(2.5) = 27.3.
  CHECK(near(core::in_years(money_oracle::cap_reached_date(0.2, 38e9, {t0, 25e9, 1.0}, 10e9) - t0), 5.6, 1e-9));
  CHECK(money_oracle::cap_reached_date(0.2, 38e9, {t0, 25e9, 0.4}) == core::kNever);
  CHECK(money_oracle::cap_reached_date(0.2, 38e9, {t0, 25e9, 1.0}, 38e9) == t0);
  CHECK(money_oracle::cap_reached_date(0.0, 38e9, {t0, 25e9, 1.0}) == core::kNever);
}

TEST_CASE("daily postings reach the cap on the day of the closed form (check B5)", "[contracts][revshare]") {
  // The base of day d is the revenue of [d, d+1), from an independent long-double integral.
  const core::SimTime t0 = date(2026, 4, 27);
  for (const double m : {1.0, 1.5, 2.0}) {
    const long double growth = std::log(static_cast<long double>(m));
    const auto revenue = [&](long double days) {
      const long double years = days / 365.25L;
      return growth == 0.0L ? 25e9L * years : 25e9L * std::expm1(growth * years) / growth;
    };
    RevshareAccount account(share(0.2, 38e9));
    int day = 0;
    Money posted;
    while (!account.capped() && day < 4000) {
      posted += account.post(Money{static_cast<std::int64_t>((revenue(day + 1) - revenue(day)) * 1e4L)});
      ++day;
    }
    const double exact = core::in_days(money_oracle::cap_reached_date(0.2, 38e9, {t0, 25e9, m}) - t0);
    CHECK(day == static_cast<int>(std::ceil(exact)));
    CHECK(posted == usd(38e9));
  }
}

TEST_CASE("take-or-pay: no carry pays the larger of commitment and use (check B7)", "[contracts][take_or_pay]") {
  // Commitments 100, 120, 150; use 80, 130, 170: cash 100, 130, 170, a shortfall of 20 in the first, 400 in all.
  const auto commitments = units({100, 120, 150}), use = units({80, 130, 170});
  const auto rows = money_oracle::take_or_pay(commitments, use, CarryRule::None);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].cash == Money{100});
  CHECK(rows[1].cash == Money{130});
  CHECK(rows[2].cash == Money{170});
  CHECK(rows[0].shortfall == Money{20});
  CHECK(rows[0].cash + rows[1].cash + rows[2].cash == Money{400});
}

TEST_CASE("take-or-pay: a shortfall is a credit for one period, above its commitment only (check B7)",
          "[contracts][take_or_pay]") {
  // The 20 of the first period: in the second 130 - 120 = 10 is above the commitment, so 10 is used and 10 expires.
  // Cash 100, 130 - 10 = 120, 170: 390 in all.
  const auto commitments = units({100, 120, 150}), use = units({80, 130, 170});
  const auto rows = money_oracle::take_or_pay(commitments, use, CarryRule::OnePeriod);
  REQUIRE(rows.size() == 3);
  CHECK(rows[1].credit_used == Money{10});
  CHECK(rows[1].credit_expired == Money{10});
  CHECK(rows[0].cash == Money{100});
  CHECK(rows[1].cash == Money{120});
  CHECK(rows[2].cash == Money{170});
  // Below the next commitment the credit is worth nothing: use 80, 110 -> cash 100, 120, credit 20 expired,
  // and the second shortfall of 10 makes a credit of its own: 170 - 10 = 160.
  const auto low = units({80, 110, 170});
  const auto below = money_oracle::take_or_pay(commitments, low, CarryRule::OnePeriod);
  CHECK(below[1].cash == Money{120});
  CHECK(below[1].credit_expired == Money{20});
  CHECK(below[2].cash == Money{160});
}

TEST_CASE("usage is paid as it happens and the shortfall at the end (check F1)", "[contracts][take_or_pay]") {
  // 50,000 $ over ten days, 4,800 $ used a day: 48,000 paid daily, 2,000 at the end.
  Clause c;
  c.terms.emplace<kinds::Commit>().amount_usd = 50'000;
  c.until = date(2026, 1, 11);
  Version v;
  v.effective = date(2026, 1, 1);
  TakeOrPay account(commit_periods(c, v, date(2026, 1, 1)), CarryRule::None);
  Money daily;
  for (unsigned day = 1; day <= 10; ++day) {
    CHECK_FALSE(account.settle(date(2026, 1, day)));
    daily += account.spend(date(2026, 1, day), usd(4800));
  }
  CHECK(daily == usd(48'000));
  CHECK(account.remaining() == usd(2000));
  const auto row = account.settle(date(2026, 1, 11));
  REQUIRE(row);
  CHECK(row->shortfall == usd(2000));
  CHECK(row->cash == usd(50'000));
  CHECK(account.remaining() == Money{});
  CHECK_FALSE(account.settle(date(2026, 1, 11)));
  CHECK(account.spend(date(2026, 1, 12), usd(5)) == usd(5));  // after the term usage is simply paid
}

TEST_CASE("a credit is used the moment spend passes the commitment, inside the period", "[contracts][take_or_pay]") {
  TakeOrPay account(
      {{date(2026, 1, 1), date(2026, 1, 2), Money{100}}, {date(2026, 1, 2), date(2026, 1, 4), Money{120}}},
      CarryRule::OnePeriod);
  CHECK(account.spend(date(2026, 1, 1), Money{80}) == Money{80});
  REQUIRE(account.settle(date(2026, 1, 2)));
  CHECK(account.spend(date(2026, 1, 2), Money{115}) == Money{115});  // 5 below the commitment
  CHECK(account.spend(date(2026, 1, 3), Money{12}) == Money{5});     // 7 above it: paid by credit
  CHECK(account.spend(date(2026, 1, 3), Money{20}) == Money{7});     // the other 13 of the credit
  const auto row = account.settle(date(2026, 1, 4));
  REQUIRE(row);
  CHECK(row->cash == Money{115 + 5 + 7});
  CHECK(row->credit_used == Money{20});
  CHECK(row->credit_expired == Money{});
}

TEST_CASE("a commitment is spread over its periods exactly, a partial last one included", "[contracts][take_or_pay]") {
  // 100 $ over 2026-01-01 .. 2026-04-11 = 100 days in periods of 30 days: 30, 30, 30 and 10 $.
  Clause c;
  auto& terms = c.terms.emplace<kinds::Commit>();
  terms.amount_usd = 100;
  terms.period = core::days(30);
  c.until = date(2026, 4, 11);
  Version v;
  v.effective = date(2026, 1, 1);
  const auto periods = commit_periods(c, v, date(2026, 1, 1));
  REQUIRE(periods.size() == 4);
  CHECK(periods[0].commitment == usd(30));
  CHECK(periods[3].commitment == usd(10));
  CHECK(periods[3].from == date(2026, 4, 1));
  CHECK(periods[3].until == date(2026, 4, 11));
  // A scenario that starts on 02-10 (day 40) with 28 $ drawn: 72 $ over the 60 days left; the second period has
  // 20 of them (24 $), the third 30 (36 $), the last 10 (12 $).
  terms.already_drawn_usd = 28;
  const auto later = commit_periods(c, v, date(2026, 2, 10));
  REQUIRE(later.size() == 3);
  CHECK(later[0].from == date(2026, 2, 10));
  CHECK(later[0].until == date(2026, 3, 2));
  CHECK(later[0].commitment == usd(24));
  CHECK(later[1].commitment == usd(36));
  CHECK(later[2].commitment == usd(12));
  // A third of a unit is never lost: 250 B$ and one unit over seven years of 365.25 days.
  Clause big;
  auto& seven_years = big.terms.emplace<kinds::Commit>();
  seven_years.amount_usd = 250e9 + 0.0001;
  seven_years.period = core::years(1);
  big.until = date(2033, 1, 1);
  Money total;
  const auto years = commit_periods(big, v, date(2026, 1, 1));
  for (const CommitPeriod& p : years) {
    total += p.commitment;
    CHECK(p.until.time_since_epoch() % core::kDay == core::SimDuration{0});
  }
  CHECK(total == Money{2'500'000'000'000'001});
}

TEST_CASE("a commitment that lapses owes the share of its period that has passed", "[contracts][take_or_pay]") {
  // 100 over ten days, lapsing after four: 40 owed, 25 used, 15 short.
  TakeOrPay account(
      {{date(2026, 1, 1), date(2026, 1, 11), Money{100}}, {date(2026, 1, 11), date(2026, 1, 21), Money{100}}},
      CarryRule::None);
  account.spend(date(2026, 1, 2), Money{25});
  CHECK(account.remaining() == Money{175});
  const auto row = account.terminate(date(2026, 1, 5));
  REQUIRE(row);
  CHECK(row->commitment == Money{40});
  CHECK(row->shortfall == Money{15});
  CHECK(account.remaining() == Money{});
  CHECK(account.spend(date(2026, 1, 12), Money{7}) == Money{7});
}

TEST_CASE("the holder of a first refusal matches only what pays and what fits (check B6)", "[contracts][rofr]") {
  // Rival at 2.10 $ for 100k H100e. Holder (cost, headroom): (1.6, 120k) matches, (2.2, 120k) would lose money,
  // (1.6, 80k) has no room. At equality both conditions hold.
  const CapacityRequest request{core::UsdPerGpuHour{2.10}, core::Gpus{100'000}, date(2025, 3, 1)};
  const auto answer = [&](double cost, double headroom) {
    return rofr_answer(request, {core::UsdPerGpuHour{cost}, core::Gpus{headroom}});
  };
  CHECK(answer(1.6, 120e3) == RofrAnswer::Match);
  CHECK(answer(2.2, 120e3) == RofrAnswer::Waive);
  CHECK(answer(1.6, 80e3) == RofrAnswer::Waive);
  CHECK(answer(2.10, 100e3) == RofrAnswer::Match);
  // No answer by the end of the window (30 days: 2025-03-31) is a waiver; before it nothing stands.
  const auto never = core::kNever;
  CHECK_FALSE(rofr_outcome(request, std::nullopt, never, date(2025, 3, 30)));
  CHECK(rofr_outcome(request, std::nullopt, never, date(2025, 3, 31)) == RofrAnswer::Waive);
  CHECK(rofr_outcome(request, RofrAnswer::Match, date(2025, 3, 30), date(2025, 4, 9)) == RofrAnswer::Match);
  CHECK(rofr_outcome(request, RofrAnswer::Match, date(2025, 3, 31), date(2025, 4, 9)) ==
        RofrAnswer::Waive);                                                                     // too late
  CHECK_FALSE(rofr_outcome(request, RofrAnswer::Match, date(2025, 3, 20), date(2025, 3, 10)));  // not given yet
}
