#pragma once
#include <cstdint>

#include "sim/core/sim_time.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// Drawdown of the enterprises' own commitments to clouds. Ordinary use leaves a share of a yearly commitment unburned,
/// which the enterprise owes in any case. Spend on models through a marketplace that counts toward the commitment draws
/// that share, so it costs the buyer nothing extra. A plain value; empty where no contract has a drawdown clause.
struct CommitBook {
  Grid<SegmentId, CloudId, Money> drawn;                        ///< this year, under all clauses
  Table<LabelId, Grid<SegmentId, CloudId, Money>> drawn_under;  ///< this year
  Grid<SegmentId, AlternativeId, double> coverage;  ///< published: share of the spend that draws its commitment
  core::SimTime year;                               ///< began then
};

/// Where the contract year that began at `year` ends.
[[nodiscard]] core::SimTime next_year(core::SimTime year);
/// Does any contract have a clause of the kind?
[[nodiscard]] bool any_drawdown(const CompiledScenario& compiled);
[[nodiscard]] CommitBook first_commit_book(const CompiledScenario& compiled);

/// Do purchases of the alternative, and of the segment, draw commitments under the clause?
[[nodiscard]] bool covers(const CompiledScenario& compiled, const PaymentClause& drawdown, const Alternative& bought);
[[nodiscard]] bool covers(const CompiledScenario& compiled, const PaymentClause& drawdown, SegmentId segment);

}  // namespace rackrate::market
