#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

struct Published {
  test::Day day;
  SettledInterval settled = day.settle_it();
  Table<PoolId, PoolFact> pools = pool_facts(day.view(), settled.allocation, day.exchange.network);
  Signals signals =
      publish({day.view(), settled.interval, day.exchange.network.table, settled.load, settled.allocation, pools,
               settled.settlement.entries, day.exchange.capital.assets, day.exchange.accounts.month_revenue},
              day.exchange.signals);
};

}  // namespace

TEST_CASE("publish: on the first day signals are the day's own", "[market][exchange]") {
  const Published it;
  const auto& az = it.signals.clouds[it.day.cloud("az")];
  CHECK(az.demand == 62.0);
  CHECK(az.available == 100.0);
  // 100 $ of depreciation, 120 $ of energy and 240 $ of operations for 100 x 24 H100e-hours.
  CHECK(az.cost_per_h100e_hour == Approx(460.0 / 2400.0));
  CHECK(it.signals.market.load[it.day.lab("oai")] == 58.0);  // without the seats, which are az's load
  CHECK(it.signals.market.unserved[it.day.lab("oai")] == 0.0);
  CHECK(it.signals.market.revenue[it.day.lab("oai")] == -1.0);  // no full month yet
}

TEST_CASE("publish: market shares are of the day's revenue in a layer", "[market][exchange]") {
  const Published it;
  // The model layer took: oai 1584 + 480 + 3456 $, neo 1200 $, and az 552 $ of shared revenue.
  const auto share = [&](const std::string& firm) { return it.signals.market.share[Layer::Model][it.day.party(firm)]; };
  CHECK(share("oai") == Approx(5520.0 / 7272.0));
  CHECK(share("neo") == Approx(1200.0 / 7272.0));
}

TEST_CASE("publish: idle capacity is the solver's slack, and compute closes", "[market][exchange]") {
  Published it;
  for (const auto& pool : it.pools) {
    const bool az = pool.cloud == it.day.cloud("az");
    CHECK(pool.served == (az ? 62 : 10));
    CHECK(pool.idle == (az ? 38 : 40));
  }
  it.settled.allocation.served[PoolId(0)] += 1;
  CHECK_THROWS_AS(pool_facts(it.day.view(), it.settled.allocation, it.day.exchange.network), core::LedgerError);
}

TEST_CASE("publish: it leaves the signals before as they were", "[market][exchange]") {
  const Published it;
  CHECK(it.day.exchange.signals.clouds[it.day.cloud("az")].demand == 0.0);
}
