#include "sim/market/supply/headquarters.hpp"

#include <cmath>

#include "tests/market/support/one_process.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

/// North buys chips of 1 H100e at 30,000 $ from one vendor and believes that demand stays what it was.
Parameters buyer() {
  Parameters p = test::small_parameters();
  p.chips[ChipId(0)].unit_price_usd = 30e3;
  SupplyLine line;
  line.chip = "chip";
  line.from = test::kStart;
  line.units_per_month = 100.0;
  p.vendors[VendorId(0)].lines = {line};
  auto& cloud = p.clouds[test::kNorth];
  cloud.silicon = {{"maker", 1.0}};
  cloud.forecast = ForecastRule::Naive;
  cloud.target_utilisation = 0.5;
  cloud.capex_usd_per_year = 1e12;
  return p;
}

/// What north sends and decides in one review of its investment.
std::vector<Event> review(const test::SmallMarket& market, Headquarters& hq) {
  return test::run_process(
      market.regime, market.regime.directory.of(test::kNorth), {{core::date(2026, 1, 10), InvestmentReview{}}},
      core::date(2026, 2, 1),
      [&](Context& context, const Event& event) { handle_headquarters(hq, market.view(), context, event); });
}

}  // namespace

TEST_CASE("scripted lots and sites count as on their way", "[market][supply]") {
  Parameters p = buyer();
  auto& cloud = p.clouds[test::kNorth];
  cloud.backlog_h100e = 10.5;
  cloud.regions.front().lots = {{"lot", "chip", 20.0, core::date(2026, 3, 1)}};
  cloud.regions.front().sites = {{"site", 5.0, core::date(2026, 6, 1)}};
  const test::SmallMarket market(p);
  const Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  CHECK(hq.ordered == 30.0);  // whole H100e of the backlog, and the lot
  CHECK(hq.site_kw == 5'000.0);
}

TEST_CASE("a review orders what the forecast needs beyond what is installed and on its way", "[market][supply]") {
  test::SmallMarket market(buyer());
  market.board.clouds[test::kNorth].demand = 100.0;
  market.board.pools[PoolId(0)].installed = 120;
  market.board.pools[PoolId(0)].energised_kw = -1.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  hq.ordered = 30.0;
  // 100 H100e at 50 % utilisation need a fleet of 200; 120 are installed and 30 ordered.
  const auto sent = review(market, hq);
  REQUIRE(sent.size() == 1);
  CHECK(sent.front().target == market.regime.directory.of(VendorId(0)));
  CHECK(sent.front().time >= core::date(2026, 1, 17));  // an order takes a week
  const auto order = receive<Order>(sent.front());
  CHECK(order.cloud == test::kNorth);
  CHECK(order.h100e == 50);
  CHECK(hq.ordered == 80.0);
  REQUIRE(hq.decisions.size() == 1);
  CHECK(hq.decisions.front().actor == 0);
  CHECK(hq.decisions.front().order_h100e == 50.0);
}

TEST_CASE("a review orders no more than the quarter's budget buys", "[market][supply]") {
  Parameters p = buyer();
  p.clouds[test::kNorth].capex_usd_per_year = 1.2e6;  // 300,000 $ a quarter: ten chips
  test::SmallMarket market(p);
  market.board.clouds[test::kNorth].demand = 100.0;
  market.board.pools[PoolId(0)].energised_kw = -1.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  const auto sent = review(market, hq);
  REQUIRE(sent.size() == 1);
  CHECK(receive<Order>(sent.front()).h100e == 10);
}

TEST_CASE("a power gap in two reviews in a row starts sites", "[market][supply]") {
  test::SmallMarket market(buyer());
  market.board.clouds[test::kNorth].demand = 100.0;
  market.board.pools[PoolId(0)].installed = 200;
  market.board.pools[PoolId(0)].unpowered = 100;
  market.board.pools[PoolId(0)].energised_kw = 140.0;
  market.board.pools[PoolId(0)].power_kw = 140.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  CHECK(review(market, hq).empty());  // nothing to order, and the first gap
  const auto sent = review(market, hq);
  REQUIRE(sent.size() == 1);
  CHECK(sent.front().target == market.regime.directory.power);
  // A fleet of 200 runs 100 more than today, at 1.4 kW each.
  CHECK(receive<SiteStart>(sent.front()).pool == PoolId(0));
  CHECK(std::abs(receive<SiteStart>(sent.front()).kilowatts - 140) <= 1);
}

TEST_CASE("a price review follows utilisation within the clip", "[market][supply]") {
  Parameters p = buyer();
  p.prices.eta = 1.0;
  p.prices.clip = 0.25;
  test::SmallMarket market(p);
  market.board.clouds[test::kNorth].demand = 60.0;
  market.board.clouds[test::kNorth].available = 100.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  const auto price = [&] {
    (void)test::run_process(
        market.regime, market.regime.directory.of(test::kNorth), {{core::date(2026, 1, 10), PriceReview{}}},
        core::date(2026, 2, 1),
        [&](Context& context, const Event& event) { handle_headquarters(hq, market.view(), context, event); });
    return hq.price_index;
  };
  CHECK(std::abs(price() - 1.2) < 1e-12);  // 60 % against 50 %
  market.board.clouds[test::kNorth].demand = 100.0;
  CHECK(std::abs(price() - 1.5) < 1e-12);  // twice the target, clipped to +25 %
}

TEST_CASE("first reviews come within a quarter of the first window, each kind at its own phase", "[market][supply]") {
  const test::SmallMarket market(buyer());
  const auto key = market.compiled().cloud_key[test::kNorth];
  const auto invest = first_review(market.view(), key, ReviewOf::Investment);
  const auto price = first_review(market.view(), key, ReviewOf::Price);
  const auto earliest = test::kStart + market.compiled().parameters.run.window;
  for (const auto date : {invest, price}) {
    CHECK(date >= earliest);
    CHECK(date < earliest + core::years(0.25));
  }
  CHECK(invest != price);
}
