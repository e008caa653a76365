#pragma once
#include <cstdint>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

struct Exchange;
struct MarketView;
struct CompiledScenario;
struct Window;

/// The enterprises' own commitments to clouds, by segment and cloud: what they promised to spend in a year. Of it a
/// share stays unburned by ordinary use and is owed anyway; model spend through a marketplace that counts toward the
/// commitment draws it, so that it costs the buyer nothing more. A plain value.
struct CommitBook {
  std::vector<std::int64_t> committed;                 ///< [segment, cloud] 1e-4 $ a year
  std::vector<std::int64_t> drawn;                     ///< [segment, cloud] this year, under all clauses
  std::vector<std::vector<std::int64_t>> drawn_under;  ///< [label][segment, cloud] this year
  std::vector<std::int64_t> units;  ///< by demand cell: the part bought by enterprises committed to the seller's cloud
  std::vector<double> coverage;     ///< [segment, alternative] published; empty while no clause speaks of drawdowns
  core::SimTime year;               ///< began then
};

/// Where the contract year that began at `year` ends.
[[nodiscard]] core::SimTime next_year(core::SimTime year);
/// Empty where no contract has a clause of the kind.
[[nodiscard]] CommitBook first_commit_book(const CompiledScenario& compiled);

/// Adds what an enterprise has committed to spend at a cloud, 1e-4 $ a year. Nothing where no clause speaks of
/// drawdowns.
void add_commitment(CommitBook& book, const CompiledScenario& compiled, SegmentId segment, CloudId cloud,
                    std::int64_t amount);

/// Draws commitments by the window's purchases: what is drawn is paid back by the cloud, which would have been owed it.
/// Drawn in a year: at most the clause's share of the commitment, and under all clauses at most what stays unburned.
/// Source: MODEL 5.5, committed-spend drawdown.
void settle_drawdowns(Exchange& exchange, const MarketView& view, const Window& window);

}  // namespace rackrate::market
