#pragma once
#include <vector>

#include "sim/market/exchange/exchange.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// The contracts as they bind at t, for a day that stands for all days to come: of each the version in force, of that
/// the clauses that apply. Rollouts are complete. What is paid once, and what only changes contracts, is left out; a
/// commitment becomes one over that day, of the day's part of its open period (found in `exchange` by the labels of
/// `present`). Trap: the position of a clause in its version changes, its name does not.
[[nodiscard]] std::vector<Contract> contracts_of_a_day(const std::vector<Contract>& contracts, core::SimTime t,
                                                       const Exchange& exchange, const CompiledScenario& present);

}  // namespace rackrate::market
