#include "sim/market/enterprise/placement.hpp"

#include "sim/market/exchange/exchange.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

/// 3 work units a day of one enterprise at north, created at the start, when nothing of it is learned.
struct Case : test::SmallMarket {
  Case() {
    parameters().choice.learning_days = 100.0;
    parameters().choice.switching_usd = 5.0;
    board.unit_price.assign(compiled().alternatives.size(), 2.0);
    Enterprise e;
    e.segment = SegmentId(0);
    e.region = RegionId(0);
    e.primary_cloud = test::kNorth;
    population.give_room(population.add(e), 1);
    Workload w;
    w.units = 3'000'000;
    w.created = test::kStart;
    population.add_workload(EnterpriseId(0), w);
  }
  Placement place_at(AlternativeId to, double logsum) {
    return place(population, EnterpriseId(0), w(), {to, logsum}, view(), test::kStart);
  }
  [[nodiscard]] CellId cell(AlternativeId a) const { return compiled().cell(SegmentId(0), a, RegionId(0)); }

  [[nodiscard]] Enterprise& e() { return population[EnterpriseId(0)]; }
  [[nodiscard]] Workload& w() { return population.workload(EnterpriseId(0), WorkloadId(0)); }

  Population population{2, 1, Table<SegmentId, double>(1, 1.0)};
};

int changes(const Placement& placement) {
  int count = 0;
  placement.for_each_change([&count](const auto&) { ++count; });
  return count;
}

}  // namespace

TEST_CASE("a first placement brings volume, and no migration is paid", "[market][enterprise][placement]") {
  Case one;
  const AlternativeId north = one.alternative("north-shop");
  const Placement placement = one.place_at(north, 0.5);
  CHECK(placement.left.units == 0);
  CHECK(placement.entered.cell == one.cell(north));
  CHECK(placement.entered.units == 3'000'000);
  CHECK(placement.entered.ramp == 3'000'000);  // all of it unlearned
  CHECK_FALSE(placement.entered.committed);
  CHECK(placement.migration.migration == Money{0});
  CHECK(placement.rates.surplus == Money{15'000});  // 3 units x 0.5 / alpha 1 = 1.5 $ a day
  CHECK(placement.rates.governance == Money{0});    // one cloud
  CHECK(changes(placement) == 2);
  CHECK(one.w().alternative == north);
}

TEST_CASE("a move takes volume from one cell to another and pays the migration", "[market][enterprise][placement]") {
  Case one;
  one.parameters().choice.governance_first = 0.25;
  const AlternativeId north = one.alternative("north-shop"), south = one.alternative("south-shop");
  (void)one.place_at(north, 0.5);
  one.e().committed = true;
  const Placement placement = one.place_at(south, 0.75);
  CHECK(placement.left.cell == one.cell(north));
  CHECK(placement.left.units == -3'000'000);
  CHECK(placement.left.committed);  // to north
  CHECK(placement.entered.cell == one.cell(south));
  CHECK_FALSE(placement.entered.committed);
  CHECK(placement.migration.migration == Money{150'000});  // 3 units x 5 $
  CHECK(one.population.outlays().migration == Money{150'000});
  CHECK(placement.rates.surplus == Money{7'500});
  CHECK(placement.rates.governance == Money{15'000});  // a second cloud: a quarter of 3 units x 2 $
  CHECK(changes(placement) == 4);
}

TEST_CASE("a review that changes nothing adds nothing", "[market][enterprise][placement]") {
  Case one;
  (void)one.place_at(one.alternative("north-shop"), 0.5);
  CHECK(changes(one.place_at(one.alternative("north-shop"), 0.5)) == 0);
}

TEST_CASE("the exchange adds what placements change to the cells and rates of their segment",
          "[market][enterprise][placement]") {
  Case one;
  Exchange exchange = first_exchange(one.regime);
  exchange.demand.committed_units.assign(one.compiled().cells.size(), 0);
  DecisionSums sums(one.compiled().cells.size(), 1);
  const auto send = [&](const Placement& placement) {
    placement.for_each_change([&](const auto& change) { sums.add(change); });
    sums.hand_over([&](const auto& change) { add(exchange.demand, change); });
  };
  const AlternativeId north = one.alternative("north-shop"), south = one.alternative("south-shop");
  send(one.place_at(north, 0.5));
  CHECK(exchange.demand.units[one.cell(north)] == 3'000'000);
  one.e().committed = true;  // to north: what it takes away from there was bought under the commitment
  send(one.place_at(south, 0.5));
  CHECK(exchange.demand.committed_units[one.cell(north)] == -3'000'000);
  CHECK(exchange.demand.committed_units[one.cell(south)] == 0);
  CHECK(exchange.demand.units[one.cell(north)] == 0);
  CHECK(exchange.demand.ramp[one.cell(north)] == 0);
  CHECK(exchange.demand.units[one.cell(south)] == 3'000'000);
  CHECK(exchange.demand.surplus[SegmentId(0)] == Money{15'000});
  CHECK(exchange.demand.migration == Money{150'000});
  sums.hand_over([](const auto&) { FAIL("the sums began again"); });
}
