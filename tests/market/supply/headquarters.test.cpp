#include "sim/market/supply/headquarters.hpp"

#include <cmath>

#include "sim/core/whole.hpp"
#include "sim/market/supply/orders.hpp"
#include "tests/market/support/buyer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;
using test::buyer;
using test::review;

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

TEST_CASE("a review orders no more than the budget buys when its chips are shipped", "[market][supply]") {
  Parameters p = buyer();
  p.clouds[test::kNorth].capital.usd_per_year = 1.2e6;
  test::SmallMarket market(p);
  market.board.clouds[test::kNorth].demand = 100.0;
  market.board.pools[PoolId(0)].energised_kw = -1.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  const auto sent = review(market, hq);
  // Ordered on 10 January, shipped and paid in February: 90 of 365.25 parts of 1.2 M$ are 295,688 $, 9 chips.
  REQUIRE(sent.size() == 1);
  CHECK(receive<Order>(sent.front()).h100e == 9);
  REQUIRE(hq.notices.size() == 1);
  CHECK(hq.notices.front().kind == "budget");
  CHECK(hq.notices.front().text.find("ordered less than wanted: budget") != std::string::npos);
  CHECK(hq.refused_usd == test::near(200 * 30e3 - 295'688, 1e-4));
  // What is on order has used it up.
  CHECK(review(market, hq).empty());
}

TEST_CASE("a firm buys a share of what it announced and does not need, within its power", "[market][supply]") {
  Parameters p = buyer();
  auto& rule = p.clouds[test::kNorth].capital;
  rule.guidance = {
      {"year", core::date(2026, 1, 1), core::date(2027, 1, 1), 36525e3}};  // 100,000 $ a day, 9 M$ by March
  const auto order = [](const Parameters& parameters, double energised_kw) {
    test::SmallMarket market(parameters);
    market.board.clouds[test::kNorth].demand = 100.0;
    market.board.pools[PoolId(0)].installed = 120;
    market.board.pools[PoolId(0)].energised_kw = energised_kw;
    Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
    review(market, hq);
    const CapitalPlanFact fact = close_month(hq, market.view(), core::month_index(test::kStart));
    CHECK(fact.planned_usd >= 0.0);
    return std::pair{hq.ordered, fact.planned_usd};
  };
  const auto [needs, nothing] = order(p, -1.0);
  CHECK(nothing == 0.0);
  rule.plan_share = 0.5;
  const auto [with_plan, planned] = order(p, -1.0);
  CHECK(planned == test::near(0.5 * (9e6 - needs * 30e3), 0.01));
  CHECK(with_plan - needs == test::near(planned / 30e3, 0.01));
  rule.plan_share = 1.0;
  CHECK(order(p, -1.0).first == test::near(9e6 / 30e3, 0.01));  // all of it, and no more
  CHECK(order(p, 0.0).first == 0.0);                            // no power, no chips
  rule.guidance.front().usd_per_year = 36525.0;                 // needs exceed the plan: a limit as before
  CHECK(order(p, -1.0).second == 0.0);
}

TEST_CASE("what a firm means to spend is what it announced times an error of mean one", "[market][supply]") {
  Parameters p = buyer();
  auto& rule = p.clouds[test::kNorth].capital;
  for (int month = 0; month < 400; ++month)
    rule.guidance.push_back({"span-" + std::to_string(month), core::date(2026, 1, 1), core::date(2027, 1, 1), 1e9});
  CHECK(intended(test::SmallMarket(p).view(), test::kNorth).guidance.front().usd_per_year == 1e9);
  rule.guidance_error = 0.2;
  const test::SmallMarket market(p);
  double sum = 0.0, squares = 0.0;
  for (const auto& span : intended(market.view(), test::kNorth).guidance) {
    sum += span.usd_per_year / 1e9 / 400;
    squares += std::pow(std::log(span.usd_per_year / 1e9) + 0.02, 2) / 400;
  }
  CHECK(std::abs(sum - 1.0) < 4 * 0.2 / 20);
  CHECK(std::abs(std::sqrt(squares) - 0.2) < 4 * 0.2 / std::sqrt(800.0));
  CHECK(intended(market.view(), test::kNorth).guidance[7].usd_per_year ==
        intended(market.view(), test::kNorth).guidance[7].usd_per_year);
}

TEST_CASE("a firm that borrows orders what lenders allow, and its creditors order nothing", "[market][supply]") {
  Parameters p = buyer();
  p.clouds[test::kNorth].borrowing.net_debt_usd = 0.0;
  test::SmallMarket market(p);
  market.board.clouds[test::kNorth].demand = 100.0;
  market.board.pools[PoolId(0)].energised_kw = -1.0;
  auto& loan = market.board.clouds[test::kNorth].loan;
  loan.limit = 1e6;
  loan.net_debt = 0.7e6;  // .3 M$ are left: ten chips of the 200 that are wanted
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  const auto sent = review(market, hq);
  REQUIRE(sent.size() == 1);
  CHECK(receive<Order>(sent.front()).h100e == 10);
  loan.limit = 1e12;
  loan.defaulted = true;
  Headquarters taken_over = first_headquarters(market.compiled(), test::kNorth);
  CHECK(review(market, taken_over).empty());
}

TEST_CASE("a review closes the share kappa of a gap within a quarter", "[market][supply]") {
  const auto ordered = [](double kappa, double months) {
    Parameters p = buyer();
    p.clouds[test::kNorth].capital.adjustment = kappa;
    p.clouds[test::kNorth].capital.review_months = months;
    test::SmallMarket market(p);
    market.board.clouds[test::kNorth].demand = 100.0;
    market.board.pools[PoolId(0)].energised_kw = -1.0;
    Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
    return receive<Order>(review(market, hq).front()).h100e;
  };
  CHECK(ordered(1.0, 3.0) == 200);
  CHECK(ordered(0.403, 3.0) == 80);
  CHECK(ordered(0.5, 1.0) == 41);  // three months leave half: each leaves .7937, and orders .2063 of 200
}

TEST_CASE("what retires before an order arrives is ordered again, early retirements too", "[market][supply]") {
  test::SmallMarket market(buyer());
  market.board.clouds[test::kNorth].demand = 100.0;
  auto& pool = market.board.pools[PoolId(0)];
  pool.installed = 200;
  pool.energised_kw = -1.0;
  pool.retiring = {0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 99};  // in March; in December, after the lead
  pool.idle_retiring = 8.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  const auto sent = review(market, hq);
  REQUIRE(sent.size() == 1);
  CHECK(receive<Order>(sent.front()).h100e == 20);
}

TEST_CASE("orders stop at the power that there will be", "[market][supply]") {
  // The order of 10 January looks 182 days ahead: to 11 July.
  const auto ordered = [](double energised_kw, std::int64_t unpowered, double site_kw, core::SimTime due) {
    test::SmallMarket market(buyer());
    market.board.clouds[test::kNorth].demand = 100.0;  // 200 H100e are wanted
    auto& pool = market.board.pools[PoolId(0)];
    pool.installed = 160;
    pool.unpowered = unpowered;
    pool.power_kw = 1.4 * static_cast<double>(160 - unpowered);
    pool.energised_kw = energised_kw;
    Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
    hq.site_kw = site_kw;
    if (site_kw > 0) hq.power = {{due, site_kw, site_kw}};
    std::int64_t sum = 0;
    for (const auto& sent : review(market, hq))
      if (event_kind(sent) == EventKind::Order) sum += receive<Order>(sent).h100e;
    return sum;
  };
  const core::SimTime june = core::date(2026, 6, 1);
  CHECK(ordered(-1.0, 0, 0.0, june) == 40);                      // no power binds
  CHECK(ordered(224.0, 0, 0.0, june) == 0);                      // all of it is used
  CHECK(ordered(238.1, 0, 0.0, june) == 10);                     // 14.1 kW for 10 chips of 1.4 kW
  CHECK(ordered(168.0, 60, 0.0, june) == 0);                     // 28 kW to spare, and 60 chips wait for it
  CHECK(ordered(224.0, 0, 14.1, june) == 10);                    // a site that comes on in time
  CHECK(ordered(224.0, 0, 14.1, core::date(2026, 1, 2)) == 10);  // one that is late is expected any day
  CHECK(ordered(224.0, 0, 1e6, core::date(2026, 9, 1)) == 0);    // one that comes on after the chips would
}

TEST_CASE("chips and sites share one budget, and later quarters keep what is committed to them", "[market][supply]") {
  Parameters p = buyer();
  auto& cloud = p.clouds[test::kNorth];
  cloud.facility_usd_per_mw = 10e6;  // 100 kW of a site cost 1 M$
  cloud.capital.shell_share = 0.4;
  cloud.capital.deposit_share = 0.25;
  cloud.capital.usd_per_year = 1e12;
  // 200 H100e are wanted when chips come, 300 when sites are built.
  cloud.forecast = ForecastRule::Perfect;
  cloud.capital.horizon_days = 1'000.0;
  cloud.capital.known_path = {{"soon", core::date(2027, 6, 1), 100.0}, {"later", core::date(2028, 1, 1), 150.0}};
  test::SmallMarket market(p);
  market.board.clouds[test::kNorth].demand = 100.0;
  auto& pool = market.board.pools[PoolId(0)];
  pool.installed = 160;
  pool.power_kw = 224.0;
  pool.energised_kw = 280.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  (void)review(market, hq);
  const auto sent = review(market, hq);
  // 40 chips were ordered in the first review, 1.2 M$ in February; now a site of 140 kW, 1.4 M$.
  REQUIRE(sent.size() == 2);
  const Spending plan = committed_spending(hq, market.view(), core::date(2026, 1, 10));
  double total = 0.0;
  for (const double usd : plan) total += usd;
  CHECK(total == test::near(2.6e6));
  CHECK(plan[0] == test::near(140e3));                     // a quarter of the shell of 560,000 $
  CHECK(plan[1] == test::near(1.2e6 + 420e3 / 24, 0.01));  // and the rest over the 24 months of construction
  // Power comes on at .7, .8, .9 and 1 of two years: the first phase in June of 2027.
  CHECK(plan[17] == test::near(210e3 + 420e3 / 24, 0.05));
}

TEST_CASE("a budget that holds neither chips nor sites starts neither", "[market][supply]") {
  Parameters p = buyer();
  p.clouds[test::kNorth].facility_usd_per_mw = 10e6;
  p.clouds[test::kNorth].capital.usd_per_year = 0.0;
  test::SmallMarket market(p);
  market.board.clouds[test::kNorth].demand = 100.0;
  market.board.pools[PoolId(0)].energised_kw = 0.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  for (int k = 0; k < 3; ++k) CHECK(review(market, hq).empty());
}

TEST_CASE("regions build no faster than they can", "[market][supply]") {
  Parameters p = buyer();
  p.clouds[test::kNorth].regions.front().build_limit_mw = 0.2;
  test::SmallMarket market(p);
  market.board.clouds[test::kNorth].demand = 100.0;
  auto& pool = market.board.pools[PoolId(0)];
  pool.installed = 200;
  pool.unpowered = 100;
  pool.energised_kw = pool.power_kw = 140.0;
  Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
  (void)review(market, hq);
  const auto sent = review(market, hq);
  REQUIRE(sent.size() == 1);
  CHECK(receive<SiteStart>(sent.front()).kilowatts == 50);  // a quarter of 200 kW a year, of a gap of 140
  REQUIRE(hq.notices.size() == 1);
  CHECK(hq.notices.front().kind == "limit");
}

TEST_CASE("a forecast looks no farther than its horizon, and a known path is read between its days",
          "[market][supply]") {
  const auto ordered = [](ForecastRule rule, double horizon_days) {
    Parameters p = buyer();
    auto& cloud = p.clouds[test::kNorth];
    cloud.forecast = rule;
    cloud.expected_growth = 3.0;
    cloud.capital.horizon_days = horizon_days;
    cloud.capital.known_path = {{"then", core::date(2026, 1, 1), 100.0}, {"later", core::date(2027, 1, 1), 400.0}};
    test::SmallMarket market(p);
    market.board.clouds[test::kNorth].demand = 100.0;
    market.board.pools[PoolId(0)].energised_kw = -1.0;
    Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
    return core::real(receive<Order>(review(market, hq).front()).h100e);
  };
  // Ahead: 84 days of lead and a quarter of 91.3125. Demand grows fourfold a year, 10 January is day 9.
  CHECK(ordered(ForecastRule::Perfect, 36525.0) == std::floor(200.0 * std::pow(4.0, (9 + 84 + 91.3125) / 365.0)));
  CHECK(ordered(ForecastRule::Perfect, 30.0) == std::floor(200.0 * std::pow(4.0, 39 / 365.0)));
  // Holt: a first trend of ln 4 / 4 a quarter that fades by .85: n quarters add (1 - .85^n) / .15 of it.
  const auto holt = [](double days) {
    const double fading = (1.0 - std::pow(0.85, days / 91.3125)) / 0.15;
    return std::floor(200.0 * std::exp(std::log(4.0) / 4.0 * fading));
  };
  CHECK(ordered(ForecastRule::Holt, 36525.0) == holt(84 + 91.3125));
  CHECK(ordered(ForecastRule::Holt, 60.0) == holt(60));
}

TEST_CASE("a naive forecast falls short by the growth of its lead time, a known one does not (check A11)",
          "[market][supply][A11]") {
  // Demand triples in a year; chips come .75 years after the demand they were ordered for was read; u* = .8.
  const auto demand_over_capacity = [](ForecastRule rule, double lead_years) {
    Parameters p = buyer();
    p.vendors[VendorId(0)].lead_min_days =
        lead_years * core::kDaysPerYear - 56.0 - 91.3125;  // the rest of the lead, a review
    p.vendors[VendorId(0)].lines.front().units_per_month = 1e9;
    auto& cloud = p.clouds[test::kNorth];
    cloud.forecast = rule;
    cloud.target_utilisation = 0.8;
    cloud.capital.horizon_days = 36525.0;
    cloud.capital.usd_per_year = 1e15;
    cloud.capital.known_path = {{"then", core::date(2026, 1, 1), 1e8},
                                {"later", core::date(2026, 1, 1) + core::years(2), 9e8}};
    const double today = 1e8 * std::pow(3.0, 9.0 / core::kDaysPerYear);  // the review is on 10 January
    test::SmallMarket market(p);
    market.board.clouds[test::kNorth].demand = today;
    market.board.pools[PoolId(0)].energised_kw = -1.0;
    Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
    const double fleet = core::real(receive<Order>(review(market, hq).front()).h100e);
    return today * std::pow(3.0, lead_years) / fleet;
  };
  CHECK(std::abs(demand_over_capacity(ForecastRule::Naive, 0.75) - 1.823605646) < 1e-6);
  CHECK(std::abs(1.0 - 1.0 / demand_over_capacity(ForecastRule::Naive, 0.75) - 0.451635828) < 1e-6);
  CHECK(std::abs(demand_over_capacity(ForecastRule::Perfect, 0.75) - 0.8) < 1e-6);
  // The lead from which on a naive owner is short: -ln u* / ln 3 = .203114014 years. The model's own lead is longer.
  const double slope =
      std::log(demand_over_capacity(ForecastRule::Naive, 0.75) / demand_over_capacity(ForecastRule::Naive, 0.5)) / 0.25;
  CHECK(std::abs(-std::log(0.8) / slope - 0.203114014) < 1e-6);
}

TEST_CASE("under the NPV rule a fleet ends at the unit that just earns the hurdle rate", "[market][supply]") {
  const auto ordered = [](double hurdle, double price) {
    Parameters p = buyer();
    auto& cloud = p.clouds[test::kNorth];
    cloud.forecast = ForecastRule::Npv;
    cloud.price_usd = price;
    cloud.expected_growth = 0.0;
    cloud.capital.hurdle_rate = hurdle;
    cloud.capital.idle_risk = 0.4;
    test::SmallMarket market(p);
    market.board.clouds[test::kNorth].demand = 1'000.0;
    market.board.pools[PoolId(0)].energised_kw = -1.0;
    Headquarters hq = first_headquarters(market.compiled(), test::kNorth);
    const auto sent = review(market, hq);
    return sent.empty() ? std::int64_t{0} : receive<Order>(sent.front()).h100e;
  };
  // 1.5 $ x 8,766 h for 6 years at 15 %: annuity 4.0615, worth 53,405 $; 30,000 $ are 56.17 % of it. The fleet is one
  // at which demand reaches the last unit with that chance: z = -.15536, sigma = .4 sqrt(175.3125 / 365.25) = .27712.
  CHECK(std::abs(static_cast<double>(ordered(0.15, 1.5)) - 1'000.0 * std::exp(-0.15536 * 0.27712)) <= 1.0);
  CHECK(ordered(0.15, 0.5) == 0);  // 17,802 $ do not pay 30,000 $
  CHECK(ordered(0.05, 1.5) > ordered(0.15, 1.5));
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
