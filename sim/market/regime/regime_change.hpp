#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/market/regime/regime.hpp"

/// Regimes that follow from another one. Contracts that change in mid-run: the run gets a regime of its own, and its
/// state moves over (exchange/move.hpp, enterprise/move.hpp).
namespace rackrate::market {

/// A regime for other contracts (or other values that a run may change) of the same world: same actors, pools and
/// processes. Permissions of labs that no changed contract concerns are copied, not decided again.
/// Throws: core::ScenarioError when the contracts make no sense.
[[nodiscard]] std::shared_ptr<Regime> next_regime(const Regime& before, Parameters parameters);

/// The regime of one replication. One that draws how long rollouts take has a regime of its own from its first day;
/// others share the arm's.
[[nodiscard]] std::shared_ptr<const Regime> regime_of_replication(const std::shared_ptr<const Regime>& arm,
                                                                  const core::Draws& draws);

/// Where the indices of one regime are in another; none: nowhere. Alternatives, cells and money clauses are in name
/// order, so a clause that opens a channel shifts the ones behind it.
struct RegimeMove {
  Table<AlternativeId, AlternativeId> alternative;
  Table<CellId, CellId> cell;
  Table<LabelId, LabelId> label;
  Table<PaymentClauseId, PaymentClauseId> money;
  bool same_choices = true;  ///< choice sets are the same: drawn tastes stay
};
[[nodiscard]] RegimeMove find_move(const CompiledScenario& before, const CompiledScenario& after);

}  // namespace rackrate::market
