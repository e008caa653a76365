#pragma once
#include "sim/core/random.hpp"
#include "sim/market/regime/regime.hpp"
#include "sim/market/view/board.hpp"
#include "sim/market/view/replay.hpp"
#include "sim/market/view/send.hpp"
#include "sim/market/vocabulary/purposes.hpp"

namespace rackrate::market {

/// What a process may read while it acts: the regime, the random draws of the replication and the public board.
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
  /// What the contracts permit while this board holds.
  [[nodiscard]] const AccessInterval& access() const { return regime.access[board.interval.position()]; }
  /// The pools of a cloud as they were published.
  [[nodiscard]] auto pools_of(CloudId cloud) const {
    const auto& pools = compiled().pools_of_cloud[cloud];
    return core::sequence(pools.size(),
                          [this, &pools](std::size_t i) -> const PoolSignal& { return board.pools[pools[i]]; });
  }
};

/// A purpose as addresses of draws carry it.
[[nodiscard]] constexpr std::uint32_t number(Purpose purpose) { return static_cast<std::uint32_t>(purpose); }
/// Address of a draw with the model's own purposes.
[[nodiscard]] inline core::Address at(core::EntityKey entity, Purpose purpose, std::uint64_t index = 0,
                                      std::uint64_t sub = 0) {
  return {entity, number(purpose), index, sub};
}
/// A month as addresses of draws carry it (core::month_index).
[[nodiscard]] constexpr std::uint64_t month_key(int month) { return static_cast<std::uint64_t>(month); }

/// Years since the scenario's start.
[[nodiscard]] inline double years_since_start(const Parameters& p, core::SimTime t) {
  return core::in_years(t - p.run.start);
}

}  // namespace rackrate::market
