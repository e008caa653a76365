#pragma once
#include "sim/core/random.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/market/regime/regime.hpp"
#include "sim/market/view/board.hpp"
#include "sim/market/view/messages.hpp"
#include "sim/market/view/replay.hpp"
#include "sim/market/vocabulary/purposes.hpp"

namespace rackrate::market {

using Context = engine::Context<Payload>;
using Event = engine::Event<Payload>;

/// What a process may look at while it acts: the regime, the random world and the public board.
struct MarketView {
  const Regime& regime;
  const core::Draws& draws;
  const Board& board;
  const Replay* replay = nullptr;  ///< policy slots filled from a recorded path, if any

  [[nodiscard]] const DecisionPath* replayed_prices() const {
    return replay != nullptr ? replay->prices.get() : nullptr;
  }
  [[nodiscard]] const DecisionPath* replayed_investment() const {
    return replay != nullptr ? replay->investment.get() : nullptr;
  }
  [[nodiscard]] const CompiledScenario& compiled() const { return regime.compiled; }
  [[nodiscard]] const Parameters& parameters() const { return regime.compiled.parameters; }
  [[nodiscard]] const AccessInterval& access() const { return regime.access[static_cast<std::size_t>(board.interval)]; }
};

/// Address of a draw with the model's own purposes.
[[nodiscard]] inline core::Address at(core::EntityKey entity, Purpose purpose, std::uint64_t index = 0,
                                      std::uint64_t sub = 0) {
  return {entity, static_cast<std::uint32_t>(purpose), index, sub};
}
[[nodiscard]] inline core::SimTime next_window(const Context& context) { return context.window_end(); }

/// Years since the scenario's start.
[[nodiscard]] inline double years_since_start(const Parameters& p, core::SimTime t) {
  return core::in_years(t - p.run.start);
}

}  // namespace rackrate::market
