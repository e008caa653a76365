#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/engine/event.hpp"
#include "sim/market/primitives/choice.hpp"
#include "sim/market/regime/access.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

using engine::ProcessId;

/// Numbers of the logical processes. Fixed by the scenario, never by threads or shards.
struct Directory {
  ProcessId registry = 0, power = 1, statistics = 2, exchange = 3;
  ProcessId first_vendor = 4, first_cloud = 0, first_pool = 0, first_lab = 0, first_enterprise = 0, count = 0;
};

/// A scenario compiled for simulation: the setting, F by interval and the choice set of each product.
/// Immutable and shared by every World of an arm until contracts change in one of them (regime_change.hpp).
struct Regime {
  std::int32_t generation = 0;  ///< how often this run's contracts have changed: whose cells and labels an index means
  CompiledScenario compiled;
  std::vector<AccessInterval> access;
  ByProduct<ChoiceSet> choice_sets;  ///< its alternatives, then the outside option
  Directory directory;
  std::vector<std::string> process_names;

  /// Which of `access` answers at t.
  [[nodiscard]] int interval_at(core::SimTime t) const {
    int interval = 0;
    for (std::size_t k = 0; k < access.size(); ++k)
      if (access[k].from <= t) interval = static_cast<int>(k);
    return interval;
  }
};

[[nodiscard]] Regime build_regime(const Parameters& parameters);
/// By product: its alternatives, then the outside option.
[[nodiscard]] ByProduct<ChoiceSet> choice_sets(const CompiledScenario& compiled);

}  // namespace rackrate::market
