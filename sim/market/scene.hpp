#pragma once
#include <vector>

#include "sim/core/random.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/market/board.hpp"
#include "sim/market/contracts/access.hpp"
#include "sim/market/messages.hpp"
#include "sim/market/primitives/choice.hpp"
#include "sim/market/purposes.hpp"
#include "sim/market/replay.hpp"
#include "sim/market/setting.hpp"

namespace rackrate::market {

using Context = engine::Context<Payload>;
using Event = engine::Event<Payload>;
using engine::ProcessId;

/// Numbers of the logical processes. Fixed by the scenario, never by threads or shards.
struct Directory {
  ProcessId registry = 0, power = 1, statistics = 2, exchange = 3;
  ProcessId first_vendor = 4, first_cloud = 0, first_pool = 0, first_lab = 0, first_enterprise = 0, count = 0;
};

/// A scenario compiled for simulation: the setting, F by interval and the choice set of each product.
/// Immutable and shared by every World of an arm until contracts change in one of them (restage.hpp).
struct Stage {
  std::int32_t generation = 0;             ///< how often this run's contracts have changed: whose cells and labels an index means
  Setting setting;
  std::vector<AccessInterval> access;
  std::vector<ChoiceSet> choice_sets;      ///< by Product: its alternatives, then the outside option
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

[[nodiscard]] Stage build_stage(const Parameters& parameters);
/// By product: its alternatives, then the outside option.
[[nodiscard]] std::vector<ChoiceSet> choice_sets(const Setting& setting);

/// What a process may look at while it acts: the stage, the random world and the public board.
struct Scene {
  const Stage& stage;
  const core::Draws& draws;
  const Board& board;
  const Replay* replay = nullptr;    ///< policy slots filled from a recorded path, if any

  [[nodiscard]] const DecisionPath* replayed_prices() const { return replay != nullptr ? replay->prices.get() : nullptr; }
  [[nodiscard]] const DecisionPath* replayed_investment() const { return replay != nullptr ? replay->investment.get() : nullptr; }
  [[nodiscard]] const Setting& setting() const { return stage.setting; }
  [[nodiscard]] const Parameters& parameters() const { return stage.setting.parameters; }
  [[nodiscard]] const AccessInterval& access() const { return stage.access[static_cast<std::size_t>(board.interval)]; }
};

/// Address of a draw with the model's own purposes.
[[nodiscard]] inline core::Address at(core::EntityKey entity, Purpose purpose, std::uint64_t index = 0, std::uint64_t sub = 0) {
  return {entity, static_cast<std::uint32_t>(purpose), index, sub};
}
[[nodiscard]] inline core::SimTime next_window(const Context& context) { return context.window_end(); }

/// Years since the scenario's start.
[[nodiscard]] inline double years_since_start(const Parameters& p, core::SimTime t) { return core::in_years(t - p.run.start); }

}  // namespace rackrate::market
