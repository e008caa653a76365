#include "sim/market/negotiation/switches.hpp"

#include <algorithm>

namespace rackrate::market {

std::pair<std::string, std::string> clause_meant(const std::string& contract, const std::string& name) {
  const auto slash = name.find('/');
  return slash == std::string::npos ? std::pair{contract, name} : std::pair{name.substr(0, slash), name.substr(slash + 1)};
}

std::vector<contracts::ContractChange> switch_changes(const std::vector<Contract>& contracts, const std::string& contract,
                                                      const std::vector<std::string>& names, bool on, core::SimTime at) {
  std::vector<contracts::ContractChange> changes;
  for (const auto& name : names) {
    const auto [owner, clause] = clause_meant(contract, name);
    for (const Contract& c : contracts) {
      if (c.name != owner) continue;
      for (const Version& version : c.versions) {
        const bool states = std::any_of(version.clauses.begin(), version.clauses.end(), [&clause = clause](const Clause& one) { return one.name == clause; });
        if (!states || version.ends <= at) continue;
        contracts::ContractChange change;
        change.kind = contracts::ChangeKind::Switch;
        change.at = at;
        change.contract = owner;
        change.version = version.name;
        change.clause = clause;
        change.on = on;
        changes.push_back(std::move(change));
      }
    }
  }
  return changes;
}

}  // namespace rackrate::market
