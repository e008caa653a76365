#include <cmath>

#include "sim/market/regime/awareness.hpp"
#include "tests/study/support/worlds.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;

namespace {

market::AlternativeId alternative(const market::CompiledScenario& s, const char* lab, const char* channel,
                                  market::Product product) {
  for (const market::AlternativeId a : s.alternatives.ids())
    if (s.parameters.labs[s.alternatives[a].lab].name == lab &&
        s.parameters.channels[s.alternatives[a].channel].name == channel && s.alternatives[a].product == product)
      return a;
  FAIL("no such alternative");
  return {};
}

}  // namespace

TEST_CASE("a belief halves its distance to the truth in each lag, from the signature on", "[study][live][belief]") {
  const auto regime =
      market::build_regime(test::small("openai-azure-amended", {{"choice.belief_lag", "\"20 d\""}}).parameters());
  const auto bedrock = alternative(regime.compiled, "openai", "bedrock", market::Product::ApiStateless);
  const auto azure = alternative(regime.compiled, "openai", "azure", market::Product::ApiStateless);
  auto awareness = market::first_awareness(regime.compiled, regime.access);
  // Signed 27 April 2026, in preview from 28 April: known one day before it opens.
  REQUIRE(awareness.openings[bedrock].size() == 1);
  CHECK(awareness.openings[bedrock].front().announced == core::date(2026, 4, 27));
  CHECK(awareness.openings[bedrock].front().from == core::date(2026, 4, 28));
  CHECK(awareness.share[bedrock].level == 0.0);
  CHECK(awareness.share[azure].level == 1.0);  // sold since before the first day
  for (auto t = core::date(2026, 4, 1); t < core::date(2026, 6, 6); t += core::kDay)
    market::advance(awareness, t, t + core::kDay);
  // 27 April to 6 June are 40 days, two lags: 1 - 1/4.
  CHECK(std::abs(awareness.share[bedrock].level - 0.75) < 1e-12);
  CHECK(awareness.share[azure].level == 1.0);
}

TEST_CASE("a belief fades when the contract is ended, and starts again where it is restated", "[study][live][belief]") {
  const auto scenario = test::small("openai-azure-amended", {{"choice.belief_lag", "\"20 d\""}});
  const auto regime = market::build_regime(scenario.parameters());
  const auto ended = market::build_regime(
      scenario.terminated("openai-amazon", core::date(2026, 6, 6), core::date(2026, 6, 1)).parameters());
  const auto bedrock = alternative(regime.compiled, "openai", "bedrock", market::Product::ApiStateless);
  auto awareness = market::first_awareness(regime.compiled, regime.access);
  for (auto t = core::date(2026, 4, 27); t < core::date(2026, 6, 6); t += core::kDay)
    market::advance(awareness, t, t + core::kDay);
  market::Table<market::AlternativeId, market::AlternativeId> same;
  for (const market::AlternativeId a : regime.compiled.alternatives.ids()) same.push_back(a);
  market::move_awareness(awareness, same, ended.compiled, ended.access);
  CHECK(awareness.openings[bedrock].front().until == core::date(2026, 6, 6));
  for (auto t = core::date(2026, 6, 6); t < core::date(2026, 6, 26); t += core::kDay)
    market::advance(awareness, t, t + core::kDay);
  // 0.75 at the end, halved by the 20 days after it.
  CHECK(std::abs(awareness.share[bedrock].level - 0.375) < 1e-12);
}

TEST_CASE("without a lag there are no beliefs to keep", "[study][live][belief]") {
  const auto regime =
      market::build_regime(test::small("openai-azure-amended", {{"choice.belief_lag", "\"0 d\""}}).parameters());
  CHECK(market::first_awareness(regime.compiled, regime.access).share.empty());
}
