#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sim/market/contracts/live.hpp"

namespace rackrate::market {

/// "clause" of this contract, or "contract/clause", as (contract, clause).
[[nodiscard]] std::pair<std::string, std::string> clause_meant(const std::string& contract, const std::string& name);

/// The changes that switch the named clauses of `contract` on or off from `at`: in every version that states them and
/// has not ended by then, so that what a later version restates is switched too.
[[nodiscard]] std::vector<contracts::ContractChange> switch_changes(const std::vector<Contract>& contracts, const std::string& contract,
                                                                    const std::vector<std::string>& names, bool on, core::SimTime at);

}  // namespace rackrate::market
