#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

struct Published {
  test::Day day;
  SettledInterval settled = day.settle_it();
  Table<PoolId, PoolFact> pools = pool_facts(day.view(), settled.allocation, day.exchange.network);
  Signals signals = publish({day.view(), settled.interval, day.exchange.network.table, settled.load, settled.allocation,
                             pools, settled.settlement.entries, settled.settlement.receipts,
                             day.exchange.capital.assets, day.exchange.accounts.month_revenue},
                            day.exchange.signals);
};

/// Keeps the demand of a day as it is told.
struct DemandTold : Observer {
  bool markets;
  std::vector<DemandFact> demand;
  explicit DemandTold(bool by_market) : markets(by_market) {}
  void on_window(const WindowFact& window) override { demand.assign(window.demand.begin(), window.demand.end()); }
  [[nodiscard]] bool reads_markets() const override { return markets; }
};

DemandTold told(bool markets) {
  test::Day day;
  DemandTold observer(markets);
  book_interval(day.exchange, day.view(), day.settle_it(), &observer);
  return observer;
}

}  // namespace

TEST_CASE("publish: demand by channel and region is told to an observer that reads it, else its sums",
          "[market][exchange]") {
  const auto fine = told(true), coarse = told(false);
  const auto sum = [](const DemandTold& day, LabId lab, Product product) {
    std::int64_t wanted = 0, served = 0;
    for (const auto& fact : day.demand)
      if (fact.lab == lab && fact.product == product) {
        wanted += fact.demand;
        served += fact.served;
      }
    return std::pair{wanted, served};
  };
  CHECK(fine.demand.size() > coarse.demand.size());  // oai sells through two channels
  for (const auto& fact : coarse.demand) {
    CHECK_FALSE(fact.channel.exists());
    CHECK_FALSE(fact.region.exists());
    CHECK(sum(fine, fact.lab, fact.product) == std::pair{fact.demand, fact.served});
    CHECK(sum(coarse, fact.lab, fact.product) == std::pair{fact.demand, fact.served});  // one fact each
  }
  for (const auto& fact : fine.demand) CHECK(sum(fine, fact.lab, fact.product) == sum(coarse, fact.lab, fact.product));
}

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
    CHECK(pool.internal == (az ? 0 : 6));
    CHECK(pool.customers == (az ? 0 : 4));
    CHECK(pool.idle == (az ? 38 : 30));
  }
  it.settled.allocation.served[PoolId(0)] += 1;
  CHECK_THROWS_AS(pool_facts(it.day.view(), it.settled.allocation, it.day.exchange.network), core::LedgerError);
}

TEST_CASE("publish: a pool may not draw more power than is energised", "[market][exchange]") {
  Published it;
  it.day.board.pools[PoolId(0)].energised_kw = 99.0;  // 100 kW run
  CHECK_THROWS_AS(pool_facts(it.day.view(), it.settled.allocation, it.day.exchange.network), core::LedgerError);
}

TEST_CASE("publish: it leaves the signals before as they were", "[market][exchange]") {
  const Published it;
  CHECK(it.day.exchange.signals.clouds[it.day.cloud("az")].demand == 0.0);
}
