#include "sim/market/world/demand_future.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace test;

namespace {

constexpr int kFutures = 20'000;

/// Two years of a small market in which demand may leave its path.
Parameters shocked(const ShockParameters& shocks) {
  Parameters p = small_parameters();
  p.shocks = shocks;
  return p;
}

ShockParameters growth_alone() {
  ShockParameters shocks;
  shocks.growth = {0.4, 18.0, 9.0, FirstGrowth::Either};
  return shocks;
}
ShockParameters hits_alone() {
  ShockParameters shocks;
  shocks.hits[WorkKind::Agent] = {1.5, 0.2, 8.0, 6.0};
  return shocks;
}

/// Sample moments over futures of what `value` reads from each.
struct Moments {
  double mean = 0.0, variance = 0.0, error_of_variance = 0.0;
};
template <class Value>
Moments over_futures(const ShockParameters& shocks, Value&& value) {
  const CompiledScenario s = compile(shocked(shocks));
  std::vector<double> x;
  for (int r = 0; r < kFutures; ++r) x.push_back(value(DemandFuture(s, core::Draws{7, static_cast<std::uint64_t>(r)})));
  Moments m;
  for (const double one : x) m.mean += one / kFutures;
  double fourth = 0.0;
  for (const double one : x) {
    m.variance += std::pow(one - m.mean, 2) / kFutures;
    fourth += std::pow(one - m.mean, 4) / kFutures;
  }
  m.error_of_variance = std::sqrt((fourth - m.variance * m.variance) / kFutures);
  return m;
}

const core::SimTime kThen = kStart + core::years(1.5);

}  // namespace

// The draws are those of a run: a World makes its future by the same constructor.
TEST_CASE("growth has the moments of a two-state chain", "[market][demand_future]") {
  const double f = 1.5, s = 0.75, pi = f / (f + s), lambda = 1 / f + 1 / s, t = 1.5;
  const double variance = 0.4 * 0.4 * pi * (1 - pi) * 2 / (lambda * lambda) * (lambda * t - 1 + std::exp(-lambda * t));
  const Moments m = over_futures(growth_alone(), [](const DemandFuture& d) { return d.growth().log_level(kThen); });
  CHECK(std::abs(m.mean) < 4 * std::sqrt(variance / kFutures));
  CHECK(std::abs(m.variance - variance) < 4 * m.error_of_variance);
  const Moments fast = over_futures(growth_alone(), [](const DemandFuture& d) { return d.growth().fast_at(kThen); });
  CHECK(std::abs(fast.mean - pi) < 4 * std::sqrt(pi * (1 - pi) / kFutures));
}

TEST_CASE("hits have the moments of a compound Poisson process that decays", "[market][demand_future]") {
  const double rate = 1.5, square = 0.2 * 0.2 * 8.0 / 6.0, k = std::numbers::ln2 / 0.5, t = 1.5;
  const double variance = rate * square * (1 - std::exp(-2 * k * t)) / (2 * k);
  const auto level = [](const DemandFuture& d) { return d.hits(kAble, WorkKind::Agent).level(kThen); };
  const Moments m = over_futures(hits_alone(), level);
  CHECK(std::abs(m.mean) < 4 * std::sqrt(variance / kFutures));
  CHECK(std::abs(m.variance - variance) < 4 * m.error_of_variance);
  const Moments count = over_futures(hits_alone(), [](const DemandFuture& d) {
    return static_cast<double>(d.hits(kAble, WorkKind::Agent).jumps().size());
  });
  const double expected = rate * core::in_years(core::date(2028, 1, 1) - kStart);  // Poisson: mean and variance
  CHECK(std::abs(count.mean - expected) < 4 * std::sqrt(expected / kFutures));
  CHECK(std::abs(count.variance - expected) < 4 * count.error_of_variance);
}

TEST_CASE("the common factor has the moments of an AR(1) that starts at 0", "[market][demand_future]") {
  ShockParameters shocks;
  shocks.common = {0.1, 6.0};
  const double variance = 0.01 * (1 - std::pow(2.0, -2.0 * 17.0 / 6.0));  // 17 months in
  const core::SimTime then = core::date(2027, 6, 15);
  const Moments m = over_futures(shocks, [then](const DemandFuture& d) { return d.common_level(then); });
  CHECK(std::abs(m.mean) < 4 * std::sqrt(variance / kFutures));
  CHECK(std::abs(m.variance - variance) < 4 * m.error_of_variance);
}

TEST_CASE("without laws there is nothing to see", "[market][demand_future]") {
  const DemandFuture calm(compile(small_parameters()), core::Draws{1, 0});
  const DemandSignal signal = calm.at(kThen);
  CHECK(signal.common == 0.0);
  CHECK(signal.hits.empty());
  CHECK(signal.other_business.empty());
  CHECK(calm.notices(small_parameters(), kStart, core::date(2028, 1, 1)).empty());
}

TEST_CASE("growth that is known on the first day begins as stated", "[market][demand_future]") {
  ShockParameters shocks = growth_alone();
  for (const auto first : {FirstGrowth::Fast, FirstGrowth::Slow}) {
    shocks.growth.first = first;
    const CompiledScenario s = compile(shocked(shocks));
    for (std::uint64_t r = 0; r < 50; ++r)
      CHECK(DemandFuture(s, core::Draws{1, r}).growth().fast_at(kStart) == (first == FirstGrowth::Fast));
  }
}

TEST_CASE("one lab more changes no other lab's fortune", "[market][demand_future]") {
  ShockParameters shocks = hits_alone();
  shocks.growth = growth_alone().growth;
  shocks.other_business = shocks.growth;
  Parameters two = shocked(shocks);
  Lab baker = two.labs[kAble];
  baker.name = "baker";
  two.labs.push_back(baker);
  two.vocabulary.labs.push_back("baker");
  const DemandSignal alone = DemandFuture(compile(shocked(shocks)), core::Draws{3, 1}).at(kThen);
  const DemandSignal both = DemandFuture(compile(two), core::Draws{3, 1}).at(kThen);
  CHECK(alone.common == both.common);
  CHECK(alone.hits[kAble] == both.hits[kAble]);
  CHECK(alone.other_business == both.other_business);
  CHECK(alone.hits[kAble][WorkKind::Agent] != both.hits[LabId(1)][WorkKind::Agent]);
  CHECK(alone.other_business[kNorth] != alone.other_business[kSouth]);
}

TEST_CASE("every hit and every change of growth is told once, on its day", "[market][demand_future]") {
  ShockParameters shocks = hits_alone();
  shocks.growth = growth_alone().growth;
  const Parameters p = shocked(shocks);
  const DemandFuture future(compile(p), core::Draws{5, 0});
  std::size_t told = 0;
  for (core::SimTime t = kStart; t < p.run.end; t += core::kDay)
    for (const Notice& notice : future.notices(p, t, t + core::kDay)) {
      ++told;
      CHECK((notice.kind == "hit" || notice.kind == "regime"));
      CHECK(notice.time > t);
      CHECK(notice.time <= t + core::kDay);
    }
  const auto& switches = future.growth().switches();
  const auto in_run = std::count_if(switches.begin(), switches.end(), [&](core::SimTime t) { return t < p.run.end; });
  CHECK(told == future.hits(kAble, WorkKind::Agent).jumps().size() + static_cast<std::size_t>(in_run));
}
