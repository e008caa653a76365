#pragma once
#include <string_view>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/market/contracts/contract.hpp"
#include "sim/market/vocabulary/purposes.hpp"

/// Rollouts whose lengths are drawn: how long a channel or host takes to its preview, and the preview to general
/// availability.
namespace rackrate::market::contracts {

/// Are there lengths to draw in these contracts?
[[nodiscard]] bool has_drawn_rollouts(const std::vector<Contract>& contracts);

/// The day from which a rollout's lengths count: the first on which the clause is in force. If the clause begins with
/// its version and an earlier version stated the same lengths, they count from the first day of that version's clause.
[[nodiscard]] core::SimTime first_day(const Contract& contract, const Version& version, const Clause& clause);

/// A length with this mean and standard deviation: Gamma, or exactly the mean where the deviation is 0.
///
/// The address is `name` ("contract/clause") and the purpose alone, so arms, restated versions and a clause that is
/// switched on earlier or later share the draw of a replication.
/// Units:  days.
[[nodiscard]] double draw_length(const core::Draws& draws, std::string_view name, Purpose purpose,
                                 core::SimDuration mean, core::SimDuration spread);

/// The contracts with `preview` and `general` of every drawn rollout set for one replication, and nothing left to draw.
/// Dates are rounded up to 00:00 UTC. A rollout that states `general` as a date is never general before its preview.
[[nodiscard]] std::vector<Contract> with_drawn_rollouts(std::vector<Contract> contracts, const core::Draws& draws);
/// The same with every length at its mean, for questions without a replication.
[[nodiscard]] std::vector<Contract> with_mean_rollouts(std::vector<Contract> contracts);

}  // namespace rackrate::market::contracts
