#include "sim/market/exchange/finance/other_business.hpp"

#include <cmath>

#include "sim/market/exchange/facts/backlog.hpp"
#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

/// az spends 3,652.5 $ a year outside AI and has 1,000 $ a year under contracts of four years; neo does neither.
OtherBusiness of_az() {
  OtherBusiness other;
  other.capex_usd = 3652.5;
  other.cloud_share = 0.5;
  other.life_years = 1.0;
  other.contracted_usd = 1000.0;
  other.contract_years = 4.0;
  return other;
}

Money paid(const SettledInterval& day, Category category, PartyId from) {
  Money sum;
  for (const Entry& entry : day.settlement.entries)
    if (entry.category == category && entry.from.party == from) sum += entry.amount;
  return sum;
}

}  // namespace

TEST_CASE("a month of spending outside AI is paid on its first day, and to suppliers", "[market][exchange]") {
  test::Day without, day([](Parameters&p) { p.clouds[CloudId(0)].other = of_az(); });
  const Money before = paid(without.settle_it(), Category::Capex, without.party("az"));
  const auto settled = settle_interval(day.exchange, day.view(), day.interval());
  const double month =
      core::in_days(core::month_start(core::month_index(day.interval().start) + 1) - day.interval().start);
  CHECK(paid(settled, Category::Capex, day.party("az")) - before == Money::from_usd(10.0 * month));
  const Interval next{day.interval().end, day.interval().end + core::kDay};
  CHECK(other_spending(day.view(), day.cloud("az"), next) == Money{});
}

TEST_CASE("a drift moves spending outside AI for good, quarter by quarter, and its mean stays", "[market][exchange]") {
  test::Day day([](Parameters& p) { p.clouds[CloudId(0)].other = of_az(); });
  const CloudId az = day.cloud("az");
  const int start = core::month_index(day.interval().start);
  CHECK(other_spending_noise(day.view(), az, start) == 1.0);

  test::Day drifting([](Parameters& p) {
    p.clouds[CloudId(0)].other = of_az();
    p.clouds[CloudId(0)].other.capex_drift = 0.4;
  });
  const auto log_noise = [&](int quarter) {
    return std::log(other_spending_noise(drifting.view(), az, (start / 3 + quarter) * 3));
  };
  CHECK(other_spending_noise(drifting.view(), az, start / 3 * 3 + 2) ==
        other_spending_noise(drifting.view(), az, start / 3 * 3));
  // Steps of .2, less half their variance: mean and spread over 2,000 quarters, as draws are keyed by the quarter
  // alone.
  double sum = 0.0, squares = 0.0, before = 0.0;
  for (int k = 0; k < 2000; ++k) {
    const double step = log_noise(k) - before + 0.02;
    before += step - 0.02;
    sum += step / 2000;
    squares += step * step / 2000;
  }
  CHECK(std::abs(sum) < 4 * 0.2 / std::sqrt(2000.0));
  CHECK(std::abs(std::sqrt(squares) - 0.2) < 4 * 0.2 / std::sqrt(4000.0));
}

TEST_CASE("the part that serves the cloud wears out inside its margin", "[market][exchange]") {
  test::Day day([](Parameters& p) {
    p.clouds[CloudId(0)].other = of_az();
    p.clouds[CloudId(0)].base_revenue_usd = 365'250.0;
    p.clouds[CloudId(0)].base_margin = 0.4;
  });
  const core::SimTime end = day.interval().end + core::kDay;
  day.exchange.end = end;
  CHECK_NOTHROW(
      book_interval(day.exchange, day.view(), settle_interval(day.exchange, day.view(), day.interval()), nullptr));
  const auto second = settle_interval(day.exchange, day.view(), {day.interval().end, end});
  REQUIRE(day.exchange.capital.other.size() == 1);
  const auto& asset = day.exchange.capital.other.front();
  const Money worn = scaled(asset.cost, 1.0 / 365.0);
  const Money other_cost = paid(second, Category::OtherCost, day.party("az"));
  CHECK(std::abs((other_cost + worn - Money::from_usd(600.0)).tenthousandths()) <= 2);  // 60 % of 1,000 $ a day
  CHECK_NOTHROW(book_interval(day.exchange, day.view(), second, nullptr));              // settlement and audit agree
}

TEST_CASE("what is under contract counts for its length that is left", "[market][exchange]") {
  test::Day without, day([](Parameters&p) {
    p.clouds[CloudId(0)].other = of_az();
    p.clouds[CloudId(1)].customers_contracted = 0.5;
    p.clouds[CloudId(1)].customers_contract_years = 2.0;
  });
  const auto t = day.interval().end;
  CHECK(other_backlog(without.view(), without.cloud("az"), t) == 0.0);
  CHECK(std::abs(other_backlog(day.view(), day.cloud("az"), t) - 2000.0) < 1e-9);  // no growth: half of four years
  day.board.clouds[day.cloud("neo")].customers = 4.0;
  const double left = customers_backlog(day.view(), day.cloud("neo"), t);
  CHECK(std::abs(left - 0.5 * 4.0 * 8766.0 * 2.0) < 1e-6);  // a year of half of 4 H100e at 2 $
}
