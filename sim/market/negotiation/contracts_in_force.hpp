#pragma once
#include "sim/market/contracts/compile.hpp"
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market {

/// The version of a contract in force at t, or null. Also for contracts that no registry has compiled yet.
[[nodiscard]] inline const Version* version_at(const Contract& contract, core::SimTime t) {
  const int version = contracts::version_in_force(contract, t);
  return version < 0 ? nullptr : &contract.versions[static_cast<std::size_t>(version)];
}
/// Does a clause of the version in force apply at t: enabled, inside its own dates, and not switched off?
[[nodiscard]] inline bool applies(const Clause& clause, core::SimTime t) {
  return clause.enabled && clause.from <= t && t < clause.until && clause.switched_on <= t && t < clause.switched_off;
}

}  // namespace rackrate::market
