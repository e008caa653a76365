#pragma once
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market {

class Registry;
struct Conflict;

namespace contracts {

/// One contract breaks another over [from, until): its grants open what the other's exclusives bar, at the other's
/// price.
struct Breach {
  ContractId broken, by;
  core::SimTime from, until;
};

/// Does the damages clause set the price of breaches by the contract `breaking`? It does if its payer is a party to
/// that contract.
[[nodiscard]] bool prices_breach(const Clause& clause, const Contract& breaking);

/// The breaches among the conflicts: one for each pair of contracts and connected period, over all clauses.
/// Order: by broken contract, then by the one that breaks it, then by start.
[[nodiscard]] std::vector<Breach> find_breaches(const std::vector<Conflict>& conflicts);

/// Does some contract break this one at t?
[[nodiscard]] bool breached(const Registry& registry, ContractId contract, core::SimTime t);

}  // namespace contracts
}  // namespace rackrate::market
