#include "sim/market/contracts/in_force.hpp"

namespace rackrate::market::contracts {

VersionId version_expected(const Contract& contract, core::SimTime known, core::SimTime t) {
  VersionId best;
  if (t >= contract.terminated) return best;
  for (const VersionId v : contract.version_ids()) {
    if (contract[v].signed_on > known || !(contract[v].effective <= t && t < contract[v].ends)) continue;
    if (!best.exists() || contract[v].signed_on > contract[best].signed_on) best = v;
  }
  return best;
}

VersionId version_in_force(const Contract& contract, core::SimTime t) {
  return version_expected(contract, core::kNever, t);
}

bool active_at(const Clause& clause, core::SimTime t) {
  return clause.enabled && clause.from <= t && t < clause.until && clause.switched_on <= t && t < clause.switched_off;
}

bool in_force(const Contract& contract, VersionId version, const Clause& clause, core::SimTime t) {
  return active_at(clause, t) && version_in_force(contract, t) == version;
}

std::vector<ClauseRef> clauses_in_force(const std::vector<Contract>& contracts, core::SimTime t) {
  std::vector<ClauseRef> out;
  for (const ContractId c : contract_ids(contracts)) {
    const Contract& contract = contract_at(contracts, c);
    const VersionId v = version_in_force(contract, t);
    if (!v.exists()) continue;
    for (const ClauseId k : contract[v].clause_ids())
      if (active_at(contract[v][k], t)) out.push_back({c, v, k});
  }
  return out;
}

}  // namespace rackrate::market::contracts
