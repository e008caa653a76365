#include "sim/market/supply/entry.hpp"

#include <cmath>

#include "tests/market/support/one_process.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

/// North is outside: 1.4 MW would hold 1,000 chips of 1 H100e and 1.4 kW, at 30,000 $ each. South sells all it runs.
Parameters entrant() {
  Parameters p = test::small_parameters();
  p.chips[ChipId(0)].unit_price_usd = 30e3;
  SupplyLine line;
  line.chip = "chip";
  line.from = test::kStart;
  line.units_per_month = 1e6;
  p.vendors[VendorId(0)].lines = {line};
  auto& cloud = p.clouds[test::kNorth];
  cloud.regions.front().fleet.clear();
  cloud.regions.front().power_mw = 0.0;
  cloud.customers_h100e = 5'000.0;
  cloud.silicon = {{"maker", 1.0}};
  cloud.forecast = ForecastRule::Naive;
  cloud.energy_usd_per_mwh = 70.0;
  cloud.opex_usd_per_kw_year = 200.0;
  cloud.facility_usd_per_mw = 10e6;
  cloud.capital.usd_per_year = 1e12;
  cloud.capital.shell_share = 0.3;
  cloud.capital.deposit_share = 0.1;
  cloud.capital.hurdle_rate = 0.15;
  cloud.capital.price_erosion = 0.25;
  cloud.borrowing.net_debt_usd = 0.0;
  cloud.entry = {1.4, 1e12, 1.5, -1.0};
  p.clouds[test::kSouth].customers_h100e = 100.0;
  return p;
}

/// What is seen of South and of the demand that North would have.
test::SmallMarket market_of(const Parameters& p, double index = 1.0, double use = 1.0, double wanted = 5'000.0) {
  test::SmallMarket market(p);
  auto& south = market.board.clouds[test::kSouth];
  south.available = 100.0;
  south.demand = 100.0 * use;
  south.price_index = index;
  market.board.clouds[test::kNorth].latent = wanted;
  market.board.pools[PoolId(0)].energised_kw = 0.0;
  return market;
}

const core::SimTime kReview = core::date(2026, 1, 10);

std::vector<Event> review(const test::SmallMarket& market, Headquarters& hq) {
  return test::run_process(
      market.regime, market.regime.directory.of(test::kNorth), {{kReview, InvestmentReview{}}}, core::date(2026, 2, 1),
      [&](Context& context, const Event& event) { handle_headquarters(hq, market.view(), context, event); });
}

bool enters(const test::SmallMarket& market) {
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  const bool starts = !review(market, hq).empty();
  CHECK(starts == !hq.entry.outside());
  return starts;
}

/// $ of an H100e-hour at which value is the multiple of capital, by the closed form of docs/model.md, 3.9. A site takes
/// 730 days; its phases come on at .7, .8, .9 and 1 of them; chips are paid 84 days before they run.
double break_even(const Cloud& cloud, double use = 1.0) {
  const double rho = std::log(1.0 + cloud.capital.hurdle_rate), fall = rho + cloud.capital.price_erosion;
  const double life = 6.0, kw = 1.4, lead = 730.0 / 365.25, chips = 84.0 / 365.25;
  double paid = 0.0, powered = 0.0, earned = 0.0;
  for (const double phase : {0.7, 0.8, 0.9, 1.0}) {
    paid += std::exp(-rho * (phase * lead - chips)) / 4.0;
    powered += std::exp(-rho * phase * lead) / 4.0;
    earned += std::exp(-fall * phase * lead) / 4.0;
  }
  const double shell = 0.3 * 0.1 + 0.3 * 0.9 * (1.0 - std::exp(-rho * lead)) / (rho * lead);
  const double capital = 30e3 * paid + kw * 10e3 * (shell + 0.7 * powered);
  const double years = (1.0 - std::exp(-fall * life)) / fall * earned;
  const double running = kw * (8.766 * 70.0 + 200.0);
  return (cloud.entry.hurdle_multiple * capital / years + running) / (8766.0 * use);
}

}  // namespace

TEST_CASE("a cloud enters exactly where the price exceeds the one that breaks even", "[market][supply]") {
  for (const double hurdle : {0.08, 0.15, 0.25}) {
    for (const double multiple : {1.0, 1.5, 2.5}) {
      Parameters p = entrant();
      auto& cloud = p.clouds[test::kNorth];
      cloud.capital.hurdle_rate = hurdle;
      cloud.entry.hurdle_multiple = multiple;
      for (const double side : {1.0 - 1e-6, 1.0 + 1e-6}) {
        cloud.price_usd = break_even(cloud) * side;
        CHECK(enters(market_of(p)) == (side > 1.0));
        cloud.price_usd /= 2.0;
        CHECK(enters(market_of(p, 2.0)) == (side > 1.0));  // the market's lists have doubled
      }
      cloud.price_usd = break_even(cloud, 0.6) * (1.0 + 1e-6);
      CHECK(enters(market_of(p, 1.0, 0.6)));  // the market is used so much,
      CHECK_FALSE(enters(market_of(p, 1.0, 0.59)));
      CHECK_FALSE(enters(market_of(p, 1.0, 1.0, 590.0)));  // or customers would want so much of its 1,000 H100e
      CHECK(enters(market_of(p, 1.0, 1.0, 600.0)));
    }
  }
}

TEST_CASE("capital that costs more asks for a higher price, and so does waiting that is worth more",
          "[market][supply]") {
  Parameters p = entrant();
  auto& cloud = p.clouds[test::kNorth];
  cloud.price_usd = 4.0;
  double last = 1e9, dearest = 0.0;
  for (const double hurdle : {0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5}) {
    cloud.capital.hurdle_rate = hurdle;
    const auto market = market_of(p);
    Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
    hq.latest = 5'000.0;
    const EntryCase entry = entry_case(hq, market.view(), kReview);
    CHECK(entry.h100e == test::near(1'000.0));
    CHECK(entry.need_usd == test::near(1'000.0 * 30e3 + 14e6));
    CHECK(entry.capital_usd <= entry.need_usd * (1.0 + 1e-12));
    CHECK(entry.value_usd / entry.capital_usd < last);
    if (hurdle > 0) CHECK(break_even(cloud) > dearest);
    last = entry.value_usd / entry.capital_usd;
    if (hurdle > 0) dearest = break_even(cloud);
  }
}

TEST_CASE("on entry the least scale is begun and the owners' equity published, and chips follow later",
          "[market][supply]") {
  Parameters p = entrant();
  p.clouds[test::kNorth].price_usd = 50.0;
  const auto market = market_of(p);
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  const auto sent = review(market, hq);
  REQUIRE(sent.size() == 2);  // to the power authority, and to the pool that pays for the shell
  CHECK(receive<SiteStart>(sent[0]).kilowatts == 1'400);
  CHECK(receive<SiteBegun>(sent[1]).kilowatts == 1'400);
  CHECK(hq.ordered == 0.0);
  CHECK(hq.entry.entered == kReview);
  REQUIRE(hq.notices.size() == 1);
  CHECK(hq.notices.front().kind == "entry");
  CHECK(hq.decisions.front().site_kw == 1'400.0);
  CHECK(close_month(hq, market.view(), core::month_index(kReview)).committed_usd == test::near(14e6));
}

TEST_CASE("what equity, lenders and budget do not hold of the least scale is its funding gap", "[market][supply]") {
  Parameters p = entrant();
  auto& cloud = p.clouds[test::kNorth];
  cloud.price_usd = 50.0;
  cloud.entry.equity_usd = 20e6;
  auto market = market_of(p);
  market.board.clouds[test::kNorth].loan.limit = 14e6;  // 44 M$ are needed, 34 M$ can be raised
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  CHECK(review(market, hq).empty());
  CHECK(hq.entry.outside());
  CHECK(hq.entry.funding_gap_usd == test::near(10e6, 1e-6));
  REQUIRE(hq.notices.size() == 1);
  CHECK(hq.notices.front().text.find("north cannot enter: it lacks") == 0);
  review(market, hq);
  CHECK(hq.notices.size() == 1);  // the same reason is not told twice
  market.board.clouds[test::kNorth].loan.limit = 24e6;
  CHECK(enters(market));
  market.parameters().clouds[test::kNorth].capital.usd_per_year = 1e6;
  CHECK_FALSE(enters(market));
}

TEST_CASE("a cloud outside has no budget, no debt and no orders, whatever its lenders allow", "[market][supply]") {
  Parameters p = entrant();
  p.clouds[test::kNorth].price_usd = 0.1;
  auto market = market_of(p);
  market.board.clouds[test::kNorth].loan.limit = 1e9;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  CHECK(review(market, hq).empty());
  const CapitalPlanFact plan = close_month(hq, market.view(), core::month_index(kReview));
  CHECK(plan.may_enter);
  CHECK(plan.entered == core::kNever);
  CHECK(plan.budget_usd == 0.0);
  CHECK(plan.committed_usd == 0.0);
  CHECK_FALSE(plan.borrows);
  CHECK(plan.entry_value.value() < 0.0);  // it would lose by every hour
  CHECK(plan.usd_per_mw == test::near((1'000.0 * 30e3 + 14e6) / 1.4));
}

TEST_CASE("by a hazard a cloud enters as often as the excess of its value says, by cloud and month",
          "[market][supply]") {
  Parameters p = entrant();
  auto& cloud = p.clouds[test::kNorth];
  cloud.entry.hurdle_multiple = 1.0;
  const double excess = 0.5;
  cloud.price_usd = break_even(cloud);
  const auto even = market_of(p);
  Headquarters first = first_headquarters(even.compiled(), test::kNorth);
  first.latest = 5'000.0;
  const EntryCase at_even = entry_case(first, even.view(), kReview);
  // Value grows with revenue: by as much of capital as the earnings of a dollar an hour are of it.
  const double running = 1.4 * (8.766 * 70.0 + 200.0);
  cloud.price_usd *= 1.0 + excess * (1.0 - running / (8766.0 * cloud.price_usd));
  cloud.entry.hazard = 2.0;
  auto market = market_of(p);
  const EntryCase above = entry_case(first, market.view(), kReview);
  CHECK(above.value_usd / at_even.capital_usd == test::near(1.0 + excess, 1e-9));
  int entered = 0, again = 0;
  const int runs = 4'000;
  for (int k = 0; k < runs; ++k) {
    market.draws = core::Draws(7, static_cast<std::uint64_t>(k));
    Headquarters hq = first, twin = first;
    const bool in = consider_entry(hq, market.view(), kReview).site_kw > 0;
    entered += in ? 1 : 0;
    const bool a_day_later = consider_entry(twin, market.view(), kReview + core::kDay).site_kw > 0;  // of that month
    again += a_day_later == in ? 1 : 0;
  }
  const double chance = 1.0 - std::exp(-2.0 * excess * 0.25);
  CHECK(std::abs(entered / double(runs) - chance) < 4.0 * std::sqrt(chance * (1.0 - chance) / runs));
  CHECK(again == runs);
}

TEST_CASE("a cloud that has entered orders no more once an hour earns less than it costs", "[market][supply]") {
  Parameters p = entrant();
  auto& cloud = p.clouds[test::kNorth];
  cloud.forecast = ForecastRule::Npv;
  cloud.price_usd = 50.0;
  cloud.capital.adjustment = 1.0;
  auto market = market_of(p);
  auto& pool = market.board.pools[PoolId(0)];
  pool.energised_kw = pool.delivered_kw = 1'400.0;
  auto& loan = market.board.clouds[test::kNorth].loan;
  loan.limit = 1e12;
  const auto orders = [&](double index) {
    Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
    hq.entry.entered = test::kStart;
    hq.site_kw = 1'400.0;
    hq.power = {{test::kStart, 1'400.0, 0.0}};
    hq.price_index = index;
    return review(market, hq);
  };
  REQUIRE(orders(1.0).size() == 1);
  CHECK(receive<Order>(orders(1.0).front()).h100e == 1'000);
  CHECK(orders(0.01).empty());
}

TEST_CASE("while nothing of it runs, its list is that of the market", "[market][supply]") {
  const auto market = market_of(entrant(), 1.7);
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  (void)test::run_process(
      market.regime, market.regime.directory.of(test::kNorth), {{kReview, PriceReview{}}}, core::date(2026, 2, 1),
      [&](Context& context, const Event& event) { handle_headquarters(hq, market.view(), context, event); });
  CHECK(hq.price_index == test::near(1.7));
}
