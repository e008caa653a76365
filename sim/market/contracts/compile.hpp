#pragma once
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/contracts/in_force.hpp"
#include "sim/market/contracts/registry.hpp"

namespace rackrate::market::contracts {

/// When a clause of a version begins.
[[nodiscard]] core::SimTime begin_of(const Version& version, const Clause& clause);
/// Every date on which a permission may change: ascending, no duplicates, open ends left out.
[[nodiscard]] std::vector<core::SimTime> find_breakpoints(const std::vector<Contract>& contracts);

/// Flattens valid contracts into rules by interval, lab and role.
[[nodiscard]] Compiled compile(const std::vector<Contract>& contracts, const Vocabulary& vocabulary,
                               const std::vector<core::SimTime>& breakpoints);

/// The contradictions of MODEL 5.2 step 3 and 5.6, found by set algebra over the compiled rules, so a
/// carve-out that covers the whole overlap leaves no conflict.
/// Order: by start, then by the names of the senior and the junior clause.
[[nodiscard]] std::vector<Conflict> find_conflicts(const std::vector<Contract>& contracts, const Compiled& compiled,
                                                   const Vocabulary& vocabulary,
                                                   const std::vector<core::SimTime>& breakpoints);

/// Every mistake in the contracts, in file order of the vectors.
[[nodiscard]] std::vector<core::Mistake> find_mistakes(const std::vector<Contract>& contracts,
                                                       const Vocabulary& vocabulary);

/// The start of interval i: intervals are the stretches between breakpoints, interval 0 lies before the first.
[[nodiscard]] inline core::SimTime interval_start(const std::vector<core::SimTime>& breakpoints, BreakId i) {
  return i == BreakId(0) ? core::kAlways : breakpoints[i.position() - 1];
}

}  // namespace rackrate::market::contracts
