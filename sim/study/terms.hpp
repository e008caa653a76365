#pragma once
#include <string>

#include "sim/scenario/scenario.hpp"

namespace rackrate::study {

/// A digest of what a run can feel of its scenario: two scenarios with equal digests give equal results.
///
/// It covers every value outside the contracts, the choice sets, feasibility as compiled over the run, and
/// for each contract the clauses in force by date. Exclusives and carve-outs act through feasibility alone
/// and enter only by it; a clause that is disabled, or in force at no time of the run, does not enter.
/// Where contracts may change by what happens, all that is written counts.
///
/// Scenario::digest speaks of what is written; this speaks of what it means. Unequal digests need not mean
/// unequal results.
///
/// Throws: ScenarioError when the contracts make no sense.
[[nodiscard]] std::string terms_digest(const scenario::Scenario& scenario);

}  // namespace rackrate::study
