#pragma once
#include <string>

#include "sim/scenario/scenario.hpp"

namespace rackrate::study {

/// A digest of the scenario values that can affect a run: two scenarios with equal digests give equal results.
///
/// It covers every value outside the contracts, the choice sets, feasibility as compiled over the run, and
/// for each contract the clauses in force by date. Exclusives and carve-outs act through feasibility alone
/// and enter only by it; a clause that is disabled, or in force at no time of the run, does not enter.
/// If market events may change contracts, every written clause enters.
///
/// Scenario::digest covers the written values; this digest covers their effect. Unequal digests do not imply
/// unequal results.
///
/// Throws: ScenarioError when the contracts are invalid.
[[nodiscard]] std::string terms_digest(const scenario::Scenario& scenario);

/// A digest of every value of a scenario outside its contracts; texts for readers are left out.
[[nodiscard]] std::string outside_contracts_digest(const scenario::Scenario& scenario);

}  // namespace rackrate::study
