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

/// When each alternative it is permitted to anybody, in order. Open on the first day counts as always known.
[[nodiscard]] Table<AlternativeId, std::vector<Opening>> find_openings(const CompiledScenario& compiled,
                                                                       const std::vector<AccessInterval>& access);

/// How far customers believe that an alternative can be bought: the share of them that is aware of it.
///
/// A stock per alternative, fed from the announcement until the alternative closes: belief' = (target - belief) ln 2 /
/// lag. It may be full before the opening if the announcement is early enough, and fades as it grew when the door
/// shuts. Empty when `choice.belief_lag` is 0: then everybody knows at once. Source: MODEL 5 (beliefs may lag);
/// half-life is an assumption.
struct Awareness {
  Table<AlternativeId, std::vector<Opening>> openings;
  Table<AlternativeId, Stock> share;  ///< 0 to 1
};

[[nodiscard]] Awareness first_awareness(const CompiledScenario& compiled, const std::vector<AccessInterval>& access);
/// Lets beliefs follow from `from` to `to`, no longer than a window.
void advance(Awareness& awareness, core::SimTime from, core::SimTime to);
/// Contracts changed: `alternative[old]` is where each one is now.
void restate_awareness(Awareness& awareness, const Table<AlternativeId, AlternativeId>& alternative,
                       const CompiledScenario& compiled, const std::vector<AccessInterval>& access);

}  // namespace rackrate::market
