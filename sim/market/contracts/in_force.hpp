#pragma once
#include <vector>

#include "sim/market/contracts/contract.hpp"

/// The one rule of what is in force on a date. Permissions, payments, validation and Python all use it.
namespace rackrate::market::contracts {

/// The version of `contract` in force at t: the latest signature with effective <= t < ends, the first of equal ones;
/// none before, between and after them, and from the contract's early end on.
[[nodiscard]] VersionId version_in_force(const Contract& contract, core::SimTime t);

/// The version that is in force at t by what has been signed by `known`; none before, between and after them.
[[nodiscard]] VersionId version_expected(const Contract& contract, core::SimTime known, core::SimTime t);

/// That version, or null. Also of contracts that no registry has compiled yet.
[[nodiscard]] inline const Version* version_at(const Contract& contract, core::SimTime t) {
  const VersionId version = version_in_force(contract, t);
  return version.exists() ? &contract[version] : nullptr;
}

/// Is the clause enabled and switched on, and t inside its own dates? Does not ask whether its version is in force.
[[nodiscard]] bool active_at(const Clause& clause, core::SimTime t);

/// Is the clause active at t, and is its version the one in force?
[[nodiscard]] bool in_force(const Contract& contract, VersionId version, const Clause& clause, core::SimTime t);

/// Every clause in force at t, in the order of the contracts.
[[nodiscard]] std::vector<ClauseRef> clauses_in_force(const std::vector<Contract>& contracts, core::SimTime t);

}  // namespace rackrate::market::contracts
