#pragma once
#include <memory>
#include <vector>

#include "sim/market/contracts/changes.hpp"
#include "sim/market/negotiation/watch.hpp"
#include "sim/market/regime/awareness.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// What a run has done to its contracts, and what that makes of them: part of the world, copied in forks.
/// `scripted` and `changes` are the whole truth; regimes are compiled from them.
struct RegistryState {
  std::shared_ptr<const Parameters>
      scripted;  ///< the scenario's, restated from outside, nothing drawn; null while the regime is the scenario's own
  std::vector<contracts::ContractChange> changes;  ///< by events of the run itself
  Watch watch;                                     ///< what triggers, talks and tenders remember
  PendingChanges found;                            ///< this window's, taken up at its barrier
  std::shared_ptr<const Regime> next;              ///< compiled and waiting for the next window boundary
  std::vector<core::SimTime> announced;            ///< breakpoints that have an event
  Awareness awareness;
};

/// The scripted parameters with the contracts as the run left them, rollouts drawn for its replication.
[[nodiscard]] Parameters live_parameters(const RegistryState& registry, const core::Draws& draws);

/// The contract registry as a logical process: once a window it looks at what may change contracts (negotiation/). At a
/// date on which some answer changes it tells every enterprise which clouds gained something new to offer. Enterprises
/// whose home is such a cloud look again (MODEL section 7). A breakpoint that opens nothing sends nothing.
void handle_registry(RegistryState& registry, const MarketView& view, Context& context, const Event& event);

/// Clouds whose channels gained an alternative between two intervals, as a set of cloud indices.
[[nodiscard]] std::uint64_t newly_opened(const CompiledScenario& compiled, const AccessInterval& before,
                                         const AccessInterval& after);

}  // namespace rackrate::market
