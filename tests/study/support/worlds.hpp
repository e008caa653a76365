#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sim/market/vocabulary/facts.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/study/simulation.hpp"

/// Scenarios and listeners that the tests of whole worlds share.
namespace rackrate::test {

inline std::vector<std::filesystem::path> library() {
  return {std::filesystem::path(RACKRATE_SOURCE_DIR) / "scenarios"};
}

using Overrides = std::vector<std::pair<std::string, std::string>>;

inline scenario::Scenario load(const std::string& name, const Overrides& overrides = {}) {
  const auto loaded = scenario::Scenario::load(name, library());
  return overrides.empty() ? loaded : loaded.override_with(overrides);
}

/// A flagship scenario cut down to a fraction of a second: 250 enterprises, to the autumn of 2026.
inline scenario::Scenario small(const std::string& name, Overrides overrides = {}) {
  overrides.emplace_back("run.enterprises", "250");
  overrides.emplace_back("run.end", "2026-09-01");
  return load(name, overrides);
}

inline record::RunSeries run(const scenario::Scenario& scenario, std::uint64_t seed = 1, std::uint64_t replication = 0,
                             int threads = 1) {
  study::Simulation simulation(scenario, seed, replication);
  simulation.run(threads);
  return simulation.series();
}

/// Keeps every entry and pool it hears of.
struct Tape : market::Observer {
  std::vector<market::EntryFact> entries;
  std::vector<market::PoolFact> pools;
  std::vector<market::DemandFact> demand;
  std::vector<market::ServiceFact> service;
  std::vector<market::FleetUseFact> uses;
  std::vector<market::CapitalFact> capital;
  void on_capital(const market::CapitalFact& paid) override { capital.push_back(paid); }
  void on_entry(const market::EntryFact& entry) override { entries.push_back(entry); }
  void on_window(const market::WindowFact& window) override {
    pools.insert(pools.end(), window.pools.begin(), window.pools.end());
    demand.insert(demand.end(), window.demand.begin(), window.demand.end());
    service.insert(service.end(), window.service.begin(), window.service.end());
    uses.insert(uses.end(), window.uses.begin(), window.uses.end());
  }
};

}  // namespace rackrate::test
