#include "sim/market/world/drivers.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "sim/market/vocabulary/purposes.hpp"
#include "sim/market/world/demand_future.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace test;

namespace {

/// Two years of a small market; "able" releases models, keeps its cash and raises rounds of even size.
Parameters drawn() {
  Parameters p = small_parameters();
  p.shocks.growth = {0.4, 18.0, 9.0, FirstGrowth::Either};
  p.shocks.hits[WorkKind::Agent] = {1.5, 0.2, 8.0, 6.0};
  auto& cash = p.labs[LabId(0)].cash;
  cash.opening_usd = 0.0;
  cash.round_gap_months = 6.0;
  return p;
}

double value_of(const std::string& name, const Regime& regime, const core::Draws& draws) {
  const auto names = driver_names(regime.compiled);
  const auto at = std::find(names.begin(), names.end(), name);
  REQUIRE(at != names.end());
  return driver_values(regime, draws)[static_cast<std::size_t>(at - names.begin())];
}

}  // namespace

TEST_CASE("drivers: what is not drawn has none", "[market][world][drivers]") {
  Parameters p = small_parameters();
  p.labs[LabId(0)].jump_mean = 0.0;
  const Regime regime = build_regime(p);
  CHECK(driver_names(regime.compiled).empty());
  CHECK(driver_values(regime, core::Draws(1, 0)).empty());
}

TEST_CASE("drivers: demand and hits are those that the world draws", "[market][world][drivers]") {
  const Regime regime = build_regime(drawn());
  const core::Draws draws(1, 5);
  const DemandFuture future(regime.compiled, draws);
  double demand = 0.0, hits = 0.0, volume = 0.0;
  for (int month = 0; month < 24; ++month) {
    const core::SimTime day = core::month_start(core::month_index(kStart) + month);
    demand += future.at(day).common / 24.0;
    const double hit = future.hits(LabId(0), WorkKind::Agent).level(day);
    hits += hit / 24.0;
    volume += (month + 1) * std::exp(future.at(day).common + hit) / (24.0 * 25.0 / 2.0);
  }
  CHECK(std::abs(value_of("demand", regime, draws) - demand) < 1e-12);
  CHECK(std::abs(value_of("hits.able.agent", regime, draws) - hits) < 1e-12);
  CHECK(std::abs(value_of("volume.able.agent", regime, draws) - volume) < 1e-12);
}

TEST_CASE("drivers: rounds by the renewal process", "[market][world][drivers]") {
  // Gaps are Gamma(4) of mean 6 months: a round n comes at Gamma(4 n) x 1.5 months. Of even size, their sum by the
  // share that is left has the mean of sum_n E max(0, 1 - T_n / 24 months): the integral of the renewal function
  // over 24.
  const Regime regime = build_regime(drawn());
  constexpr int kFutures = 4000;
  double mean = 0.0, square = 0.0;
  for (int r = 0; r < kFutures; ++r) {
    const double x = value_of("rounds.able", regime, core::Draws(7, static_cast<std::uint64_t>(r)));
    mean += x / kFutures;
    square += x * x / kFutures;
  }
  // The renewal function of Gamma(4), by Poisson counts of its stages: sum_n P(N(t) >= 4 n).
  const auto renewals = [](double stages) {
    double term = std::exp(-stages), below = 0.0, sum = 0.0;
    for (int k = 0; k < 200; ++k) {
      below += term;
      term *= stages / (k + 1);
      if (k % 4 == 3) sum += 1.0 - below;
    }
    return sum;
  };
  const double all = 24.0 / 1.5 * 731.0 / 730.5;  // stages in two years of 731 days and months of a twelfth of 365.25
  double expected = 0.0;
  for (int i = 0; i < 1000; ++i) expected += renewals(all * (i + 0.5) / 1000.0) / 1000.0;
  const double error = std::sqrt((square - mean * mean) / kFutures);
  CHECK(std::abs(mean - expected) < 4.0 * error);
}
