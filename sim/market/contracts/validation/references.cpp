#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/switches.hpp"
#include "sim/market/contracts/validation/validation.hpp"
#include "sim/market/vocabulary/contains.hpp"

namespace rackrate::market::contracts {
namespace {

void check_money_parties(const Contract& contract, const Version& version, const Clause& clause,
                         Complaints& complaints) {
  if (contract.parties.empty()) return;  // a contract made by hand may leave them out
  visit_terms(clause, [&]<class K>(const K& terms) {
    if (!K::moves_between_parties) return;
    const kinds::Sides sides = terms.sides();
    for (const auto& [field, name] : {std::pair{K::payer_key, sides.payer}, std::pair{K::payee_key, sides.payee}}) {
      if (!contains(complaints.vocabulary().firms, name) || contains(contract.parties, name)) continue;
      complaints.at(key_of(contract, version, clause));
      complaints.add(field, "'" + std::string(name) + "', who is no party to the contract", "one of its parties",
                     "Add it to contracts." + contract.name + ".parties, or name a party");
    }
  });
}

/// A clause that keeps an account, as its label in the results stands for it.
struct Obligation {
  std::string kind, payer, payee;
  explicit Obligation(const Clause& clause)
      : kind(kind_name(clause)), payer(sides_of(clause).payer), payee(sides_of(clause).payee) {}
  friend bool operator==(const Obligation&, const Obligation&) = default;
};

void check_labels(const Contract& contract, const std::set<std::string>& switched_on, Complaints& complaints) {
  std::map<std::string, std::pair<const Version*, Obligation>> first;
  for (const Version& version : contract.versions)
    for (const Clause& clause : version.clauses) {
      if (decides_permission(clause) || (!clause.enabled && switched_on.count(contract.name + "/" + clause.name) == 0))
        continue;
      const Obligation now(clause);
      const auto [at, fresh] = first.try_emplace(clause.name, &version, now);
      if (fresh || at->second.second == now) continue;
      complaints.at(key_of(contract, version, clause));
      complaints.add(
          "kind", "\"" + now.kind + "\" between " + now.payer + " and " + now.payee,
          "the kind and the parties that version '" + at->second.first->name + "' gave a clause of this name",
          "A clause restated under its name is the same obligation and keeps its account; give another obligation "
          "another name");
    }
}

}  // namespace

std::string key_of(const Contract& contract, const Version& version, const Clause& clause) {
  return "contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name;
}

void check_after(const std::vector<Contract>& contracts, const std::string& after, Complaints& complaints) {
  if (after.empty()) return;
  std::vector<std::string> known;
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions) known.push_back(contract.name + "/" + version.name);
  complaints.require_name("after", after, known, "a version, as \"contract/version\"");
}

void check_switches(const std::vector<Contract>& contracts, const Contract& contract, const Clause& clause,
                    const kinds::Switches& switches, Complaints& complaints) {
  std::vector<std::string> known;
  for (const Version& version : contract.versions)
    for (const Clause& one : version.clauses) known.push_back(one.name);
  for_each_clause(contracts, [&known](const Contract& other, const Version&, const Clause& one) {
    known.push_back(other.name + "/" + one.name);
  });
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const std::pair<const char*, const std::vector<std::string>*> lists[] = {{"switches_on", &switches.switches_on},
                                                                           {"switches_off", &switches.switches_off}};
  for (const auto& [field, names] : lists)
    for (const std::string& name : *names) {
      complaints.require_name(field, name, known, "a clause of this contract, or \"contract/clause\"");
      if (name == clause.name || name == contract.name + "/" + clause.name)
        complaints.add(field, "'" + name + "', the clause itself", "other clauses", "A clause cannot switch itself");
    }
}

std::set<std::string> may_be_switched_on(const std::vector<Contract>& contracts) {
  std::set<std::string> names;
  for_each_clause(contracts, [&names](const Contract& contract, const Version&, const Clause& clause) {
    const kinds::Switches* switches = switches_of(clause);
    if (switches == nullptr) return;
    for (const std::string& name : switches->switches_on) {
      const auto [of, what] = switched_clause(contract.name, name);
      names.insert(of + "/" + what);
    }
  });
  return names;
}

std::vector<std::string> clauses_of_kind(const Contract& contract, ClauseKind kind) {
  std::vector<std::string> names;
  for (const Version& version : contract.versions)
    for (const Clause& clause : version.clauses)
      if (clause.kind() == kind && !contains(names, clause.name)) names.push_back(clause.name);
  return names;
}

void check_references(const std::vector<Contract>& contracts, Complaints& complaints) {
  const std::set<std::string> switched_on = may_be_switched_on(contracts);
  for_each_clause(contracts, [&](const Contract& contract, const Version& version, const Clause& clause) {
    check_money_parties(contract, version, clause, complaints);
  });
  for (const Contract& contract : contracts) check_labels(contract, switched_on, complaints);
  for_each_clause(contracts, [&](const Contract& contract, const Version& version, const Clause& clause) {
    complaints.at(key_of(contract, version, clause));
    visit_terms(clause, [&](const auto& terms) { terms.check_references(contracts, contract, clause, complaints); });
  });
  for_each_kind([&]<class K>() { K::check_all(contracts, complaints); });
}

}  // namespace rackrate::market::contracts
