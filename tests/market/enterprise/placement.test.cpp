#include "sim/market/enterprise/placement.hpp"

#include <cmath>
#include <string>

#include "sim/core/name_hash.hpp"
#include "sim/market/enterprise/draw.hpp"
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
  /// `gap` of the choice set over the outside option; the alternative itself is worth as much as that.
  Placement place_at(AlternativeId to, double gap = kGap) {
    return place(population, EnterpriseId(0), w(), {to, gap, 0.5}, view(), test::kStart);
  }
  static constexpr double kGap = 0.5;
  static constexpr double kEnjoyed = 1.2707470412683982;  // 0.5 / (1 - e^-0.5)
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
  const Placement placement = one.place_at(north);
  CHECK(placement.left.units == 0);
  CHECK(placement.entered.cell == one.cell(north));
  CHECK(placement.entered.units == 3'000'000);
  CHECK(placement.entered.ramp == 3'000'000);  // all of it unlearned
  CHECK_FALSE(placement.entered.committed);
  CHECK(placement.migration.migration == Money{0});
  CHECK(placement.gained.cell == one.cell(north));
  CHECK(placement.gained.surplus == Money{38'122});  // 3 units x 1.27075 / alpha 1 = 3.8122 $ a day
  CHECK(placement.gained.variety == Money{20'000});  // 2.3 $: all but 3 x 0.5, the utility of the one chosen
  CHECK(placement.lost.surplus == Money{0});
  CHECK(placement.rates.governance == Money{0});  // one cloud
  CHECK(changes(placement) == 2);
  CHECK(one.w().alternative == north);
}

TEST_CASE("a move takes volume from one cell to another and pays the migration", "[market][enterprise][placement]") {
  Case one;
  one.parameters().choice.governance_first = 0.25;
  const AlternativeId north = one.alternative("north-shop"), south = one.alternative("south-shop");
  (void)one.place_at(north);
  one.e().committed = true;
  const Placement placement = one.place_at(south);
  CHECK(placement.left.cell == one.cell(north));
  CHECK(placement.left.units == -3'000'000);
  CHECK(placement.left.committed);  // to north
  CHECK(placement.entered.cell == one.cell(south));
  CHECK_FALSE(placement.entered.committed);
  CHECK(placement.migration.migration == Money{150'000});  // 3 units x 5 $
  CHECK(one.population.outlays().migration == Money{150'000});
  CHECK(placement.lost.cell == one.cell(north));
  CHECK(placement.lost.surplus == Money{-38'122});
  CHECK(placement.gained.cell == one.cell(south));
  CHECK(placement.gained.surplus == Money{38'122});
  CHECK(placement.rates.governance == Money{15'000});  // a second cloud: a quarter of 3 units x 2 $
  CHECK(changes(placement) == 6);
}

TEST_CASE("a review that changes nothing adds nothing", "[market][enterprise][placement]") {
  Case one;
  (void)one.place_at(one.alternative("north-shop"));
  CHECK(changes(one.place_at(one.alternative("north-shop"))) == 0);
}

TEST_CASE("the exchange adds what placements change to the cells and rates of their segment",
          "[market][enterprise][placement]") {
  Case one;
  Exchange exchange = first_exchange(one.regime);
  exchange.demand.committed_units.assign(one.compiled().cells.size(), 0);
  DecisionSums sums(one.compiled().cells.size(), 1, 2);
  const auto send = [&](const Placement& placement) {
    placement.for_each_change([&](const auto& change) { sums.add(change); });
    sums.hand_over([&](const auto& change) { add(exchange.demand, change); });
  };
  const AlternativeId north = one.alternative("north-shop"), south = one.alternative("south-shop");
  send(one.place_at(north));
  CHECK(exchange.demand.units[one.cell(north)] == 3'000'000);
  one.e().committed = true;  // to north: what it takes away from there was bought under the commitment
  send(one.place_at(south));
  CHECK(exchange.demand.committed_units[one.cell(north)] == -3'000'000);
  CHECK(exchange.demand.committed_units[one.cell(south)] == 0);
  CHECK(exchange.demand.units[one.cell(north)] == 0);
  CHECK(exchange.demand.ramp[one.cell(north)] == 0);
  CHECK(exchange.demand.units[one.cell(south)] == 3'000'000);
  CHECK(exchange.demand.surplus[one.cell(north)] == Money{0});
  CHECK(exchange.demand.surplus[one.cell(south)] == Money{38'122});
  CHECK(exchange.demand.variety[one.cell(south)] == Money{20'000});
  CHECK(exchange.demand.migration == Money{150'000});
  sums.hand_over([](const auto&) { FAIL("the sums began again"); });
  CHECK(exchange.demand.migration_of[SegmentId(0)] == Money{150'000});
}

TEST_CASE("what a placement is worth: both forms, governance back in, nothing for the outside option",
          "[market][enterprise][placement][surplus]") {
  Case one;
  one.e().alpha = 2.0;
  Choice choice{one.alternative("north-shop"), Case::kGap, 0.5, 0.25};
  const auto worth = [&one, &choice] { return worth_of(one.view(), one.e(), one.w(), choice); };
  // 3 units at 2 $: 6 $ a day. Linear: 3 / alpha x 1.27075, and a quarter of 6 $ that the utility has counted off.
  CHECK(worth().surplus == Approx(1.5 * Case::kEnjoyed + 1.5).epsilon(1e-12));
  CHECK(worth().variety == Approx(1.5 * (Case::kEnjoyed - 0.5)).epsilon(1e-12));
  one.parameters().choice.form = UtilityForm::Log;
  one.parameters().choice.elasticity = 1.0;
  // Spending is constant: 6 $ x gap / eps, of those who are not outside: / (1 - e^-0.5).
  CHECK(worth().surplus == Approx(6.0 * 0.25 / (1.0 - std::exp(-0.5)) + 1.5).epsilon(1e-12));
  one.parameters().choice.volume_response = 0.5;  // spending grows with what is offered: eta = 1 + 0.5 x 2
  CHECK(worth().surplus == Approx(6.0 * (1.0 - std::exp(-0.25)) / (1.0 - std::exp(-0.5)) + 1.5).epsilon(1e-12));
  choice.alternative = kOutsideOption;
  CHECK(worth().surplus == 0.0);
}

TEST_CASE("a pilot that goes into production brings the rest of its volume", "[market][enterprise][pilot]") {
  Case one;
  const AlternativeId north = one.alternative("north-shop");
  one.w().pilot = true;
  (void)one.place_at(north);
  const PlacementDelta more =
      go_into_production(one.view(), one.e(), one.w(), 30'000'000, test::kStart + core::days(100));
  CHECK(more.cell == one.cell(north));
  CHECK(more.units == 27'000'000);
  CHECK(more.ramp == Approx(27e6 * std::exp(-1.0)).epsilon(1e-6));  // it has learned for 100 days of 100
  CHECK(one.w().units == 30'000'000);
  CHECK(!one.w().pilot);
}

TEST_CASE("pilots go into production at a hazard that answers what is offered", "[market][enterprise][pilot]") {
  Case one;
  auto& c = one.parameters().choice;
  c.pilot_days = 100.0;
  c.pilot_response = 0.5;
  one.w().units = 8'000'000;
  c.pilot_share = 0.25;
  begin_pilot(one.view(), one.w());
  CHECK(one.w().pilot);
  CHECK(one.w().units == 2'000'000);
  // Of exponential thresholds of mean 100 days 1 - e^-0.7 are crossed after 70; with a pull of 1, 1 - e^(-0.7 e^0.5).
  const auto successes = [&one](double pull) {
    one.board.pull[Product::ApiStateless].assign(1, 1, pull);
    int count = 0;
    for (int k = 0; k < 4'000; ++k) {
      one.w().key = core::name_hash(std::to_string(k));
      count += pilot_succeeds(one.view(), one.e(), one.w(), test::kStart + core::days(70));
    }
    return count / 4'000.0;
  };
  CHECK(std::abs(successes(0.0) - (1.0 - std::exp(-0.7))) < 0.025);
  CHECK(std::abs(successes(1.0) - (1.0 - std::exp(-0.7 * std::exp(0.5)))) < 0.025);
}
