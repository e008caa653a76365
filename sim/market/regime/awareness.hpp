#pragma once
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/primitives/stock.hpp"
#include "sim/market/regime/access.hpp"

namespace rackrate::market {

/// A stretch in which something can be bought, and since when that is known: the latest signature among
/// the versions in force at its opening that speak of the lab.
struct Opening {
  core::SimTime announced, from, until;
};

/// Since when it is known what a lab's contracts permit at t: the latest signature among the versions in force then
/// that concern the lab.
[[nodiscard]] core::SimTime last_signature(const CompiledScenario& compiled, LabId lab, core::SimTime t);

/// The periods in which each alternative is permitted to some customer, in order. One that is open on the first day
/// counts as always known.
[[nodiscard]] Table<AlternativeId, std::vector<Opening>> find_openings(const CompiledScenario& compiled,
                                                                       const std::vector<AccessInterval>& access);

/// The share of customers that is aware that an alternative can be bought.
///
/// A stock per alternative, fed from the announcement until the alternative closes: share' = (target - share) ln 2 /
/// belief_lag. It may reach 1 before the opening if the announcement is early enough, and decays at the same rate after
/// the alternative closes. Empty when `choice.belief_lag` is 0: then all customers are aware at once. Source: MODEL 5
/// (beliefs may lag); the half-life is an assumption.
struct Awareness {
  Table<AlternativeId, std::vector<Opening>> openings;
  Table<AlternativeId, Stock> share;  ///< 0 to 1
};

[[nodiscard]] Awareness first_awareness(const CompiledScenario& compiled, const std::vector<AccessInterval>& access);
/// Advances awareness from `from` to `to`, at most one window.
void advance(Awareness& awareness, core::SimTime from, core::SimTime to);
/// Contracts changed: `alternative[old]` is where each one is now.
void move_awareness(Awareness& awareness, const Table<AlternativeId, AlternativeId>& alternative,
                    const CompiledScenario& compiled, const std::vector<AccessInterval>& access);

}  // namespace rackrate::market
