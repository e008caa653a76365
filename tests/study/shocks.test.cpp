#include <algorithm>
#include <cmath>

#include "sim/market/world/demand_future.hpp"
#include "sim/record/fingerprint.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

/// The flagship with hits in agents alone, so rare that the first comes late.
scenario::Scenario with_hits_alone(const char* rate) {
  test::Overrides calm{{"shocks.common.spread", "0"},
                       {"shocks.growth.gap", "\"0 /y\""},
                       {"shocks.supply.gap", "\"0 /y\""},
                       {"shocks.other_business.gap", "\"0 /y\""},
                       {"shocks.hits.consumer.rate", "\"0 /y\""},
                       {"shocks.hits.api.rate", "\"0 /y\""},
                       {"shocks.hits.application.rate", "\"0 /y\""}};
  calm.emplace_back("shocks.hits.agent.rate", rate);
  return test::small("openai-azure-amended", calm);
}

core::SimTime first_hit(const scenario::Scenario& scenario, std::uint64_t replication) {
  const auto regime = market::build_regime(scenario.parameters());
  const market::DemandFuture future(regime.compiled, core::Draws{1, replication});
  core::SimTime first = core::kNever;
  for (const market::LabId lab : scenario.parameters().labs.ids())
    for (const auto& jump : future.hits(lab, market::WorkKind::Agent).jumps()) first = std::min(first, jump.time);
  return first;
}

bool same_number(double a, double b) { return (a != a && b != b) || a == b; }

/// The first month in which anything that both recorded differs; the number of months where nothing does.
std::size_t first_month_apart(const record::RunSeries& a, const record::RunSeries& b) {
  const std::size_t months = a.axes.months.size();
  std::size_t first = months;
  for (std::size_t v = 0; v < record::kVars; ++v) {
    const auto var = static_cast<record::Var>(v);
    const auto& dims = record::row(var).dims;
    if (dims.size == 0 || dims.values[dims.size - 1] != record::Dim::Time) continue;
    REQUIRE(a[var].size() == b[var].size());
    for (std::size_t i = 0; i < a[var].size(); ++i)
      if (!same_number(a[var][i], b[var][i])) first = std::min(first, i % months);
  }
  return first;
}

}  // namespace

// Orders, sites, prices, budgets and choices would show it: all series are compared.
TEST_CASE("nobody acts on a shock before it has happened", "[study][shocks]") {
  const auto shocked = with_hits_alone("\"0.15 /y\""), calm = with_hits_alone("\"0 /y\"");
  std::uint64_t r = 0;
  while (first_hit(shocked, r) < core::date(2026, 2, 10) || first_hit(shocked, r) > core::date(2026, 6, 1)) ++r;
  const auto with = test::run(shocked, 1, r), without = test::run(calm, 1, r);
  const auto month = static_cast<std::size_t>(core::month_index(first_hit(shocked, r)) - with.axes.months.front());
  const std::size_t apart = first_month_apart(with, without);
  CHECK(apart >= month);
  CHECK(apart <= month + 1);
}

TEST_CASE("all arms see the same shocks", "[study][shocks][pairing]") {
  const auto amended = test::run(test::small("openai-azure-amended")),
             exclusive = test::run(test::small("openai-azure-exclusive"));
  for (const auto var : {record::Var::DemandCommon, record::Var::DemandHits}) {
    REQUIRE(amended[var].size() == exclusive[var].size());
    for (std::size_t i = 0; i < amended[var].size(); ++i) CHECK(same_number(amended[var][i], exclusive[var][i]));
  }
  const auto count = [](const record::RunSeries& run) {
    return std::count_if(run.events.begin(), run.events.end(),
                         [](const record::Event& e) { return e.kind == "hit" || e.kind == "regime"; });
  };
  CHECK(count(amended) > 3);
  CHECK(count(amended) == count(exclusive));
}

TEST_CASE("a hit moves the load and the revenue of what it is about by its factor", "[study][shocks]") {
  // Users are a path times the factor: the recorded users and factors must agree, month by month.
  const auto calm = test::run(test::small(
      "openai-azure-amended",
      {{"shocks.common.spread", "0"}, {"shocks.growth.gap", "\"0 /y\""}, {"shocks.hits.consumer.rate", "\"0 /y\""}}));
  const auto shocked = test::small("openai-azure-amended");
  const auto run = test::run(shocked);
  const auto months = run.axes.months.size();
  const auto products = run.axes.size(record::Dim::Product);
  const double exposure = shocked.parameters().shocks.exposure.consumer;
  for (std::size_t lab = 0; lab < shocked.parameters().labs.size(); ++lab)
    for (std::size_t m = 0; m < months; ++m) {
      const double factor = std::pow(run[record::Var::DemandCommon][m], exposure) *
                            run[record::Var::DemandHits][(lab * products + 0) * months + m];
      CHECK(run[record::Var::Users][lab * months + m] == Approx(calm[record::Var::Users][lab * months + m] * factor));
    }
}
