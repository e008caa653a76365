#include <cmath>

#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

const std::string kPull = "[pull]\nelasticity = 0.1\nhalf_life = \"1 mo\"\n";

/// What the day publishes, with so many work units bought of the lab itself and through az.
Signals pulled(test::Day& day, std::int64_t direct, std::int64_t az, const Signals& before) {
  day.exchange.demand.units[day.cell("direct")] = direct * 1'000'000;
  day.exchange.demand.units[day.cell("az")] = az * 1'000'000;
  const SettledInterval settled = day.settle_it();
  const auto pools = pool_facts(day.view(), settled.allocation, day.exchange.network);
  Signals signals = before;
  publish_pull({day.view(), settled.interval, day.exchange.network.table, settled.load, settled.allocation, pools,
                settled.settlement.entries, settled.settlement.receipts, day.exchange.capital.assets,
                day.exchange.accounts.month_revenue},
               signals);
  return signals;
}

}  // namespace

TEST_CASE("pull: other business moves with the share of AI placed at the cloud, by the elasticity and its half-life",
          "[market][exchange]") {
  test::Day day(kPull);
  const CloudId az = day.cloud("az"), neo = day.cloud("neo");
  const Signals first = pulled(day, 12, 6, day.exchange.signals);
  CHECK(first.first_ai_share[az] == Approx(1.0 / 3.0));
  CHECK(first.clouds[az].pull == 0.0);
  // az has two thirds now: in a month half of the way would be gone, in a day 1 - 2^(-12/365.25).
  const Signals second = pulled(day, 6, 12, first);
  const double target = 0.1 * std::log((2.0 / 3.0 + 0.01) / (1.0 / 3.0 + 0.01));
  CHECK(second.clouds[az].pull == Approx(target * (1.0 - std::exp2(-12.0 / 365.25))));
  CHECK(second.clouds[neo].pull == 0.0);  // it sells no models: nothing of its own changes
  Signals later = second;
  for (int k = 0; k < 400; ++k) later = pulled(day, 6, 12, later);
  CHECK(later.clouds[az].pull == Approx(target).epsilon(0.001));
}

TEST_CASE("pull: the books agree on what it moves", "[market][exchange]") {
  test::Day day(kPull);
  day.board.clouds[day.cloud("az")].pull = std::log(1.02);
  const auto settled = day.settle_it();
  Money other;
  for (const auto& entry : settled.settlement.entries)
    if (entry.category == Category::OtherSale) other += entry.amount;
  CHECK(other == Money{1'020'000'0000});
  CHECK(day.close(settled).empty());
}

TEST_CASE("pull: without an elasticity there is none", "[market][exchange]") {
  test::Day day;
  CHECK(pulled(day, 6, 12, pulled(day, 12, 6, day.exchange.signals)).clouds[day.cloud("az")].pull == 0.0);
}
