#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sim/market/contracts/changes.hpp"

namespace rackrate::market {

/// "clause" of the contract that says so, or "contract/clause": (contract, clause).
[[nodiscard]] std::pair<std::string, std::string> switched_clause(const std::string& contract, const std::string& name);

/// The clauses that a trigger or an agreement switches, or null where the clause switches none.
[[nodiscard]] const kinds::Switches* switches_of(const Clause& clause);

/// The changes that switch what a clause of `contract` names in `switches_on` and `switches_off`, from `at` on: in
/// every version of the named contract that has such a clause and ends later.
[[nodiscard]] std::vector<contracts::ContractChange> switch_changes(const std::vector<Contract>& contracts,
                                                                    const std::string& contract,
                                                                    const kinds::Switches& switches, core::SimTime at);

}  // namespace rackrate::market
