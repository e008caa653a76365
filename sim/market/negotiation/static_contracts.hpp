#pragma once
#include <vector>

#include "sim/market/exchange/exchange.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// The contracts reduced to what is in force at t, for a day that represents all later days: the version in force of
/// each contract with its active clauses. Rollouts are complete. Clauses that pay once, or only change contracts, are
/// left out. A commitment is replaced by one over that day, with the day's part of its open period (found in `exchange`
/// by the labels of `present`). Trap: the position of a clause in its version changes, its name does not.
[[nodiscard]] std::vector<Contract> contracts_of_a_day(const std::vector<Contract>& contracts, core::SimTime t,
                                                       const Exchange& exchange, const CompiledScenario& present);

}  // namespace rackrate::market
