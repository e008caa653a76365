#include <algorithm>
#include <cmath>

#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

TEST_CASE("compute is conserved and nothing is served that was not wanted", "[study][H2]") {
  const auto scenario = test::small("openai-azure-exclusive");
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  market::World world(regime, 4, 0);
  test::Tape tape;
  const auto serial = engine::make_serial_executor();
  world.run_until(scenario.parameters().run.end, *serial, &tape);
  REQUIRE(tape.pools.size() > 400 * regime->compiled.pools.size());
  bool closes = true, fits = true;
  std::int64_t served = 0, by_lab = 0, pool_own = 0, pool_customers = 0, own = 0, customers = 0;
  for (const auto& pool : tape.pools) {
    closes = closes &&
             pool.installed == pool.unpowered + pool.down + pool.internal + pool.customers + pool.served + pool.idle;
    fits = fits && pool.unpowered >= 0 && pool.down >= 0 && pool.internal >= 0 && pool.customers >= 0 &&
           pool.served >= 0 && pool.idle >= 0 && pool.rent >= market::Money{};
    served += pool.served;
    pool_own += pool.internal;
    pool_customers += pool.customers;
  }
  for (const auto& d : tape.demand) {
    fits = fits && d.served >= 0 && d.served <= d.demand;
    by_lab += d.served;
  }
  for (const auto& use : tape.uses) {
    fits = fits && use.served >= 0 && use.served <= use.demand;
    (use.use == market::FleetUse::Own ? own : customers) += use.served;
  }
  CHECK(closes);
  CHECK(fits);
  CHECK(own > 0);
  CHECK(customers > 0);
  CHECK(pool_own == own);
  CHECK(pool_customers == customers);
  // The same compute counted three ways: by pool, by demand and by host.
  std::int64_t by_host = 0;
  for (const auto& s : tape.service) by_host += s.served;
  CHECK(served == by_lab);
  CHECK(served == by_host);
}

TEST_CASE("kinds of chip add up to what each cloud has powered, and none is negative", "[study][H2]") {
  // The recorder compares each window in whole H100e; here its monthly means, in all regions.
  const auto series = test::run(test::small("openai-azure-amended"));
  const auto& chips = series[record::Var::FleetChips];
  const auto& powered = series[record::Var::Powered];
  const std::size_t months = series.axes.months.size(), kinds = series.axes.size(record::Dim::Chip),
                    regions = series.axes.size(record::Dim::Region);
  REQUIRE(kinds > 10);
  for (std::size_t c = 0; c < series.axes.size(record::Dim::Cloud); ++c)
    for (std::size_t m = 0; m < months; ++m) {
      double by_chip = 0.0, by_region = 0.0, least = 0.0;
      for (std::size_t k = 0; k < kinds; ++k) {
        const double part = chips[(c * kinds + k) * months + m];
        by_chip += part;
        least = std::min(least, part);
      }
      for (std::size_t r = 0; r < regions; ++r)
        if (const double part = powered[(c * regions + r) * months + m]; part == part) by_region += part;
      REQUIRE(least == 0.0);
      REQUIRE(std::abs(by_chip - by_region) <= 1e-9 * (1.0 + by_region));
    }
}

TEST_CASE("every dollar that a cloud pays for capital is in the books, of the whole fleet", "[study][H2]") {
  const auto scenario = test::small("openai-azure-exclusive");
  market::Parameters for_ai_alone = scenario.parameters();  // what is spent outside AI, no pool pays
  for (auto& cloud : for_ai_alone.clouds) cloud.other.capex_usd = 0.0;
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(for_ai_alone));
  market::World world(regime, 4, 0);
  test::Tape tape;
  const auto serial = engine::make_serial_executor();
  world.run_until(scenario.parameters().run.end, *serial, &tape);
  const auto& s = regime->compiled;
  market::Money booked, outside;
  for (const auto& entry : tape.entries)
    if (entry.category == market::Category::Capex) (entry.from == s.rest_of_world ? outside : booked) += entry.amount;
  // What is paid in the last window would be booked after the end.
  double paid = 0.0;
  for (const auto& payment : tape.capital)
    if (payment.time < scenario.parameters().run.end - scenario.parameters().run.window) paid += payment.usd;
  CHECK(std::abs(booked.usd() - paid) < 1.0);
  CHECK(outside > market::Money{});
}

TEST_CASE("no revenue share passes its cap and every payment has two sides", "[study][H6]") {
  // A cap small enough to be reached within weeks.
  const auto scenario =
      test::small("openai-azure-amended",
                  {{"contracts.openai-microsoft.versions.amended-2026.clauses.share-to-microsoft.cap", "\"0.2 B$\""}});
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  market::World world(regime, 4, 0);
  test::Tape tape;
  const auto serial = engine::make_serial_executor();
  world.run_until(scenario.parameters().run.end, *serial, &tape);
  const auto label = market::index_of(regime->compiled.money_labels.rows(), "openai-microsoft/share-to-microsoft");
  REQUIRE(label);
  market::Money since_amended;
  for (const auto& entry : tape.entries)
    if (entry.clause == market::LabelId(*label) && entry.category == market::Category::Revshare &&
        entry.day >= core::date(2026, 4, 27))
      since_amended += entry.amount;
  CHECK(since_amended == market::Money::from_usd(0.2e9));  // to the unit
}

TEST_CASE("a window of hours tells nearly the same story as one of a day", "[study][H1]") {
  const auto end = std::pair<std::string, std::string>{"run.end", "2025-10-01"};
  const auto profit = [&](const char* window) {
    const auto series =
        test::run(test::load("openai-azure-amended", {{"run.enterprises", "250"}, end, {"run.window", window}}));
    double sum = 0.0;
    for (const double x : series[record::Var::GrossProfit])
      if (x == x) sum += x;
    return sum;
  };
  const double day = profit("\"1 d\""), half = profit("\"12 h\"");
  CHECK(std::abs(half - day) < 0.02 * std::abs(day));
}

TEST_CASE("at a barrier the board says what each enterprise pays for governance, in sum", "[study][invariants]") {
  const auto scenario = test::small("openai-azure-amended");
  market::World world(std::make_shared<const market::Regime>(market::build_regime(scenario.parameters())), 1, 0);
  const auto executor = engine::make_thread_executor(2);
  for (const auto date : {core::date(2025, 7, 1), core::date(2025, 8, 1), core::date(2025, 12, 1)}) {
    world.run_until(date, *executor);
    market::Money each;
    for (const market::EnterpriseId e : world.enterprises().ids()) each += world.enterprises()[e].governance;
    CHECK(each > market::Money{});
    CHECK(world.board().governance == each);
  }
}
