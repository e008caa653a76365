#pragma once
#include <memory>
#include <vector>

#include "sim/market/contracts/changes.hpp"
#include "sim/market/negotiation/watch.hpp"
#include "sim/market/regime/awareness.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// The contract changes of a run, and the regime that follows from them: part of the world, copied in forks.
/// `scripted` and `changes` determine everything else; regimes are compiled from them.
struct RegistryState {
  /// The scenario's, restated from outside, nothing drawn; null while the regime is the scenario's own.
  std::shared_ptr<const Parameters> scripted;
  std::vector<contracts::ContractChange> changes;    ///< made by events of the run
  Watch watch;                                       ///< state of triggers, renegotiations and tenders
  PendingChanges pending;                            ///< found in this window; applied at its barrier
  std::shared_ptr<const Regime> next;                ///< compiled and waiting for the next window boundary
  std::vector<core::SimTime> scheduled_breakpoints;  ///< breakpoints that have an event
  Awareness awareness;
};

/// The scripted parameters with all contract changes of the run applied, and the rollouts drawn for its replication.
[[nodiscard]] Parameters amended_parameters(const RegistryState& registry, const core::Draws& draws);

/// The contract registry as a logical process: once a window it scans for what may change contracts (watch.hpp). At a
/// date on which some permission changes it sends every enterprise the clouds that gained something to offer;
/// enterprises whose primary cloud is among them review (MODEL section 7). A breakpoint that opens nothing sends
/// no message.
void handle_registry(RegistryState& registry, const MarketView& view, Context& context, const Event& event);

/// Clouds whose channels gained an alternative between two intervals.
[[nodiscard]] HostSet newly_opened(const CompiledScenario& compiled, const AccessInterval& before,
                                   const AccessInterval& after);

}  // namespace rackrate::market
