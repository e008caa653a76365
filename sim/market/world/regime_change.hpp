#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/market/enterprise/enterprise.hpp"
#include "sim/market/exchange/exchange.hpp"
#include "sim/market/view/market_view.hpp"

/// Contracts that change in mid-run: the run gets a stage of its own, and its state moves over.
namespace rackrate::market {

/// A stage for other contracts (or other values that a run may change) of the same world: same actors, pools and
/// processes. Permissions of labs that no changed contract speaks of are copied, not decided again.
/// Throws: core::ScenarioError when the contracts make no sense.
[[nodiscard]] std::shared_ptr<const Stage> restage(const Stage& before, Parameters parameters);

/// Where the indices of one stage are in another; -1: nowhere. Alternatives, cells and money clauses are in name order,
/// so a clause that opens a channel shifts the ones behind it.
struct StageMove {
  std::vector<std::int32_t> alternative, cell, label, money;
  bool same_choices = true;       ///< choice sets are the same: drawn tastes stay
};
[[nodiscard]] StageMove find_move(const Setting& before, const Setting& after);

void move_exchange(Exchange& exchange, const StageMove& move, const Stage& before, const Setting& after, core::SimTime now);
void move_enterprise(Enterprise& enterprise, const StageMove& move);

}  // namespace rackrate::market
