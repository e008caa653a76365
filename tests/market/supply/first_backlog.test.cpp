#include "sim/market/supply/first_backlog.hpp"

#include <cmath>

#include "sim/market/supply/headquarters.hpp"
#include "sim/market/supply/orders.hpp"
#include "sim/market/supply/vendor.hpp"
#include "sim/market/supply/wanted_capacity.hpp"
#include "tests/market/support/one_process.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

constexpr double kGrowth = 1.0;  ///< of ln demand, a year
constexpr double kLeadDays = 84.0;

/// North runs 100,000 H100e, reviews each month, closes half of a gap in a quarter, and expects e-fold growth a year.
Parameters grower() {
  Parameters p = test::small_parameters();
  p.chips[ChipId(0)].unit_price_usd = 30e3;
  p.chips[ChipId(0)].life_years = 50.0;
  SupplyLine line;
  line.chip = "chip";
  line.from = test::kStart;
  line.units_per_month = 1e6;
  p.vendors[VendorId(0)].lines = {line};
  auto& cloud = p.clouds[test::kNorth];
  cloud.silicon = {{"maker", 1.0}};
  cloud.target_utilisation = 0.8;
  cloud.expected_growth = std::expm1(kGrowth);
  cloud.regions.front().fleet.front().units = 1e5;
  cloud.capital.usd_per_year = 1e15;
  cloud.capital.adjustment = 0.5;
  cloud.capital.review_months = 1.0;
  cloud.capital.first_orders = FirstOrders::Rule;
  return p;
}

/// What the rule wants of a demand: the trend of a month fades by .85 a quarter over a lead and a month.
double wanted(double demand, double availability) {
  const double quarters = (kLeadDays / core::kDaysPerYear + 1.0 / 12.0) * 4.0;
  const double months = (1.0 - std::pow(0.85, quarters)) / (1.0 - std::pow(0.85, 1.0 / 3.0));
  return demand * std::exp(kGrowth / 12.0 * months) / (0.8 * availability);
}

}  // namespace

TEST_CASE("the first order book is what the order rule would have on order", "[market][supply]") {
  Parameters p = grower();
  const double availability = p.clouds[test::kNorth].availability;
  const double running = std::floor(1e5 * availability);
  const double position = wanted(running, availability) * std::exp(-kGrowth / 24.0);
  {
    const test::SmallMarket market(p);
    CHECK(mean_lead_days(p.vendors[VendorId(0)]) == kLeadDays);
    CHECK(first_position(market.compiled(), test::kNorth) == test::near(position, 1e-9));
    CHECK(first_backlog(market.compiled(), test::kNorth) == test::near(position - 1e5, 1e-9));
    const VendorState vendor = first_vendor(market.compiled(), VendorId(0));
    CHECK(vendor.backlog[test::kNorth] == static_cast<std::int64_t>(position - 1e5));
    CHECK(first_headquarters(market.compiled(), test::kNorth).ordered == std::floor(position - 1e5));
  }
  p.clouds[test::kNorth].regions.front().lots = {{"lot", "chip", 2e4, core::date(2026, 2, 1)}};
  CHECK(first_backlog(test::SmallMarket(p).compiled(), test::kNorth) == test::near(position - 1.2e5, 1e-9));
  p.clouds[test::kNorth].regions.front().lots.front().units = 1e6;  // more than it would have on order
  CHECK(first_backlog(test::SmallMarket(p).compiled(), test::kNorth) == 0.0);
  p.clouds[test::kNorth].regions.front().lots.clear();
  p.clouds[test::kNorth].invests = false;
  CHECK(first_backlog(test::SmallMarket(p).compiled(), test::kNorth) == 0.0);
  p.clouds[test::kNorth].capital.first_orders = FirstOrders::Stated;
  p.clouds[test::kNorth].backlog_h100e = 7.5;
  CHECK(first_backlog(test::SmallMarket(p).compiled(), test::kNorth) == 7.5);
}

TEST_CASE("in steady growth orders grow with demand from the first review on", "[market][supply]") {
  test::SmallMarket market(grower());
  const double availability = market.compiled().parameters.clouds[test::kNorth].availability;
  market.board.pools[PoolId(0)].installed = 100'000;
  market.board.pools[PoolId(0)].energised_kw = -1.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  const double running = std::floor(1e5 * availability);
  const auto begin = test::kStart + core::years(1.0 / 24.0);  // half an interval after the start
  double reviews = 0.0;
  (void)test::run_process(market.regime, market.regime.directory.of(test::kNorth), {{begin, InvestmentReview{}}},
                          core::date(2027, 12, 31), [&](Context& context, const Event& event) {
                            const double demand =
                                running * std::exp(kGrowth * core::in_years(context.now() - test::kStart));
                            market.board.clouds[test::kNorth].demand = demand;
                            const double before = hq.ordered;
                            handle_headquarters(hq, market.view(), context, event);
                            // An interval's growth of what is wanted, whatever share of a gap a review closes.
                            const double growth = wanted(demand, availability) * -std::expm1(-kGrowth / 12.0);
                            CHECK(hq.ordered - before == test::near(growth, 2e-4));
                            reviews += 1.0;
                          });
  CHECK(reviews >= 23.0);
}

TEST_CASE("a review orders the expected growth and a share of what is missing beyond it", "[market][supply]") {
  CHECK(adjusted_order(100.0, 0.0, 0.5) == 50.0);     // no growth expected: half of the gap
  CHECK(adjusted_order(100.0, 100.0, 0.5) == 100.0);  // all of the gap is expected growth
  CHECK(adjusted_order(180.0, 100.0, 0.5) == 140.0);
  CHECK(adjusted_order(20.0, 100.0, 0.5) == 60.0);  // more on order than wanted: less than the growth
  CHECK(adjusted_order(-200.0, 100.0, 0.5) == 0.0);
  CHECK(adjusted_order(100.0, 40.0, 1.0) == 100.0);
}

TEST_CASE("what was ordered before the start, and what is late or early of any order, is known by month",
          "[market][supply]") {
  Parameters p = grower();
  auto& cloud = p.clouds[test::kNorth];
  cloud.capital.first_orders = FirstOrders::Stated;
  cloud.facility_usd_per_mw = 10e6;
  cloud.regions.front().lots = {{"lot", "chip", 20.0, core::date(2026, 5, 6)}};  // shipped on 11 February
  cloud.regions.front().sites = {{"site", 1.0, core::date(2026, 3, 15)}};
  test::SmallMarket market(p);
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  CHECK(hq.prior[1] == test::near(0.6e6));
  CHECK(hq.prior[2] == test::near(10e6));
  CHECK(total(hq.prior) == test::near(10.6e6));
  const int january = core::month_index(test::kStart);
  CHECK(close_month(hq, market.view(), january).carried_usd == 0.0);
  auto& pool = market.board.pools[PoolId(0)];
  const CapitalPlanFact late = close_month(hq, market.view(), january + 1);
  CHECK(late.prior_usd == test::near(0.6e6));
  CHECK(late.carried_usd == test::near(0.6e6));  // the lot was not shipped
  CHECK(late.advanced_usd == test::near(0.0));
  CHECK(late.dearer_usd == test::near(0.0));
  // In March both are paid, the lot dearer than planned.
  pool.paid = {0.0, 0.0, 10.9e6};
  pool.shipped = 20;
  pool.delivered_kw = 1'000.0;
  const CapitalPlanFact dearer = close_month(hq, market.view(), january + 2);
  CHECK(dearer.carried_usd == test::near(0.0));
  CHECK(dearer.advanced_usd == test::near(0.0));
  CHECK(dearer.dearer_usd == test::near(0.3e6));
}

TEST_CASE("what comes before it is due is early at the price of the plan, whatever else was cheaper",
          "[market][supply]") {
  Parameters p = grower();
  auto& cloud = p.clouds[test::kNorth];
  cloud.capital.first_orders = FirstOrders::Stated;
  cloud.regions.front().lots = {{"lot", "chip", 20.0, core::date(2026, 5, 6)},     // shipped on 11 February
                                {"later", "chip", 10.0, core::date(2026, 6, 6)}};  // on 14 March
  test::SmallMarket market(p);
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  auto& pool = market.board.pools[PoolId(0)];
  pool.paid = {0.0, 0.7e6};  // 25 of 30, for .75 by plan
  pool.shipped = 25;
  const CapitalPlanFact fact = close_month(hq, market.view(), core::month_index(test::kStart) + 1);
  CHECK(fact.carried_usd == test::near(0.0));
  CHECK(fact.advanced_usd == test::near(0.15e6));  // 5 of the second lot
  CHECK(fact.dearer_usd == 0.0);
  hq.dearer_usd = -0.2e6;  // a review of the year had found that more was saved
  CHECK(close_month(hq, market.view(), core::month_index(test::kStart) + 1).dearer_usd == test::near(0.15e6));
}
