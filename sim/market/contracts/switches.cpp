#include "sim/market/contracts/switches.hpp"

#include <type_traits>

namespace rackrate::market {
namespace {

void add_switches(const std::vector<Contract>& contracts, const std::string& own, const std::string& name,
                  core::SimTime at, bool on, std::vector<contracts::ContractChange>& out) {
  const auto [contract_name, clause_name] = switched_clause(own, name);
  for (const Contract& contract : contracts) {
    if (contract.name != contract_name) continue;
    for (const Version& version : contract.versions) {
      if (version.ends <= at) continue;
      for (const Clause& clause : version.clauses) {
        if (clause.name != clause_name) continue;
        contracts::ContractChange change;
        change.kind = contracts::ChangeKind::Switch;
        change.at = at;
        change.contract = contract.name;
        change.version = version.name;
        change.clause = clause.name;
        change.on = on;
        out.push_back(std::move(change));
        break;  // one change reaches all stretches of a clause
      }
    }
  }
}

}  // namespace

std::pair<std::string, std::string> switched_clause(const std::string& contract, const std::string& name) {
  const auto slash = name.find('/');
  return slash == std::string::npos ? std::pair{contract, name}
                                    : std::pair{name.substr(0, slash), name.substr(slash + 1)};
}

const kinds::Switches* switches_of(const Clause& clause) {
  return visit_terms(clause, []<class K>(const K& terms) -> const kinds::Switches* {
    if constexpr (std::is_base_of_v<kinds::Switches, K>)
      return &terms;
    else
      return nullptr;
  });
}

std::vector<contracts::ContractChange> switch_changes(const std::vector<Contract>& contracts,
                                                      const std::string& contract, const kinds::Switches& switches,
                                                      core::SimTime at) {
  std::vector<contracts::ContractChange> out;
  for (const auto& name : switches.switches_off) add_switches(contracts, contract, name, at, false, out);
  for (const auto& name : switches.switches_on) add_switches(contracts, contract, name, at, true, out);
  return out;
}

}  // namespace rackrate::market
