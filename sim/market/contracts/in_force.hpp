#pragma once
#include <vector>

#include "sim/market/contracts/contract.hpp"

/// The one rule of what is in force on a date. Everybody asks it: permissions, payments, validation, and Python.
namespace rackrate::market::contracts {

/// The version of `contract` in force at t: the latest signature with effective <= t < ends, the first of equal ones;
/// none before, between and after them, and from the contract's early end on.
[[nodiscard]] VersionId version_in_force(const Contract& contract, core::SimTime t);

/// Is the clause enabled, and t inside its own dates, those between which a run has it switched on included?
[[nodiscard]] bool speaks_at(const Clause& clause, core::SimTime t);

/// Does the clause speak at t, and is its version the one in force?
[[nodiscard]] bool in_force(const Contract& contract, VersionId version, const Clause& clause, core::SimTime t);

/// Every clause in force at t, in the order of the contracts.
[[nodiscard]] std::vector<ClauseRef> clauses_in_force(const std::vector<Contract>& contracts, core::SimTime t);

}  // namespace rackrate::market::contracts
