// Loads a scenario that uses a kind of clause which rackrate does not know, asks it questions and runs it.
#include <cstdio>
#include <memory>

#include "sim/engine/executor.hpp"
#include "sim/market/world/world.hpp"
#include "sim/scenario/scenario.hpp"
#include "standstill.hpp"

using namespace rackrate;

namespace {

/// Adds up what the standstill moved and what AWS served of OAI.
struct Watcher : market::Observer {
  explicit Watcher(const market::Vocabulary& names, market::LabelId clause) : vocabulary(names), label(clause) {}
  void on_entry(const market::EntryFact& entry) override {
    if (entry.clause == label) std::printf("  %s  %g $\n", core::to_string(entry.day).c_str(), entry.amount.usd());
  }
  void on_window(const market::WindowFact& window) override {
    for (const auto& s : window.service)
      if (vocabulary.labs[s.lab.position()] == "oai" && vocabulary.clouds[s.host.position()] == "aws")
        hours += s.served * 24;
  }
  const market::Vocabulary& vocabulary;
  market::LabelId label;
  std::int64_t hours = 0;
};

}  // namespace

int main() {
  const market::contracts::CustomKinds kinds{make_standstill()};
  const auto scenario = scenario::Scenario::load(DEAL, {SCENARIOS}, kinds);
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  const auto& registry = regime->compiled.registry;
  const auto& names = registry.vocabulary();

  market::Tuple asked;
  asked.lab = market::LabId(*market::index_of(names.labs, "oai"));
  asked.product = market::Product::Consumer;
  asked.channel = market::ChannelId(*market::index_of(names.channels, "direct"));
  asked.host = market::CloudId(*market::index_of(names.clouds, "aws"));
  for (const auto day : {core::date(2026, 1, 6), core::date(2026, 1, 7)}) {
    const auto verdict = registry.decide(asked, day);
    std::printf("%s  %s by %s\n", core::to_string(day).c_str(), to_string(verdict).c_str(),
                registry.path(verdict.by).c_str());
  }

  std::printf("fee, az to oai\n");
  Watcher watcher(names, market::LabelId(*market::index_of(regime->compiled.money_labels.rows(), "oai-az/standstill")));
  market::World world(regime, 1, 0);
  const auto serial = engine::make_serial_executor();
  world.run_until(scenario.parameters().run.end, *serial, &watcher);
  std::printf("oai on aws: %lld H100e-hours\n", static_cast<long long>(watcher.hours));

  try {
    const auto none =
        scenario.override_with({{"contracts.oai-az.versions.first.clauses.standstill.length", "\"0 d\""}});
    std::printf("%s\n", none.name().c_str());
  } catch (const core::ScenarioError& error) {
    std::printf("%s\n", error.mistakes().front().got.c_str());
  }
}
