#include <algorithm>
#include <string>

#include "sim/market/contracts/validation/validation.hpp"
#include "sim/market/contracts/switches.hpp"

namespace rackrate::market::contracts {
namespace {

bool has_condition(const Clause& c) {
  return c.on != core::kAlways || c.rate_per_year > 0 || c.unserved > 0 || c.share > 0 || c.hhi > 0 || c.stock > 0 || c.breached || c.revenue_usd > 0 ||
         c.capacity_h100e > 0 || !c.after.empty();
}

bool has_effect(const Clause& c) { return !c.switches_on.empty() || !c.switches_off.empty() || !c.exercises.empty() || !c.renegotiates.empty(); }

std::vector<std::string> clauses_of_kind(const Contract& contract, ClauseKind kind) {
  std::vector<std::string> names;
  for (const Version& version : contract.versions)
    for (const Clause& clause : version.clauses)
      if (clause.kind == kind && std::find(names.begin(), names.end(), clause.name) == names.end()) names.push_back(clause.name);
  return names;
}

/// Names in switches_on and switches_off that are no clauses, or the clause itself.
void check_switches(const std::vector<Contract>& contracts, const Contract& contract, const Clause& clause, Complaints& complaints) {
  std::vector<std::string> known;
  for (const Version& version : contract.versions)
    for (const Clause& one : version.clauses) known.push_back(one.name);
  for (const Contract& other : contracts)
    for (const Version& version : other.versions)
      for (const Clause& one : version.clauses) known.push_back(other.name + "/" + one.name);
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const std::pair<const char*, const std::vector<std::string>*> lists[] = {{"switches_on", &clause.switches_on}, {"switches_off", &clause.switches_off}};
  for (const auto& [field, names] : lists)
    for (const std::string& name : *names) {
      complaints.require_name(field, name, known, "a clause of this contract, or \"contract/clause\"");
      if (name == clause.name || name == contract.name + "/" + clause.name)
        complaints.add(field, "'" + name + "', the clause itself", "other clauses", "A clause cannot switch itself");
    }
}

/// What enterprises committed is counted from the first day on, if anything draws it then.
void check_switched_drawdowns(const std::vector<Contract>& contracts, Complaints& complaints) {
  const std::set<std::string> later = may_be_switched_on(contracts);
  const auto draws = [](const Clause& clause) { return clause.kind == ClauseKind::Drawdown; };
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions)
      if (std::any_of(version.clauses.begin(), version.clauses.end(), [&](const Clause& clause) { return draws(clause) && clause.enabled; })) return;
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses) {
        if (!draws(clause) || later.count(contract.name + "/" + clause.name) == 0) continue;
        complaints.at("contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name);
        complaints.add("enabled", "false in the first drawdown, which is only switched on in a run", "a drawdown clause that the scenario has from its first day", "Give it `from`, or have another one beside it");
      }
}

}  // namespace

std::set<std::string> may_be_switched_on(const std::vector<Contract>& contracts) {
  std::set<std::string> names;
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses)
        for (const std::string& name : clause.switches_on) {
          const auto [of, what] = switched_clause(contract.name, name);
          names.insert(of + "/" + what);
        }
  return names;
}

void check_trigger_clause(const Clause& clause, Complaints& complaints) {
  const Vocabulary& vocabulary = complaints.vocabulary();
  if (!has_condition(clause))
    complaints.add("kind", "a trigger without a condition", "at least one of on, hazard, unserved, share_above, hhi, stock, breached, revenue, capacity, after", "Say what it waits for");
  if (!has_effect(clause))
    complaints.add("kind", "a trigger without an effect", "at least one of switches_on, switches_off, exercises, renegotiates", "Say what it does");
  if (clause.on != core::kAlways && clause.on > clause.until)
    complaints.add("on", core::to_string(clause.on), "a date not after until (" + core::to_string(clause.until) + ")", "It would never fire");
  complaints.require_share("unserved", clause.unserved);
  complaints.require_share("share_above", clause.share);
  complaints.require_not_negative("hazard", clause.rate_per_year, "a rate of 0 or more");
  if (clause.unserved > 0 || clause.revenue_usd > 0 || !clause.lab.empty()) complaints.require_name("of_lab", clause.lab, vocabulary.labs, "the lab whose load or revenue is meant");
  if (clause.share > 0 || !clause.firm.empty()) complaints.require_name("of_firm", clause.firm, vocabulary.firms, "the firm whose share is meant");
  if (clause.capacity_h100e > 0 || !clause.host.empty()) complaints.require_name("at_cloud", clause.host, vocabulary.clouds, "the cloud whose capacity is meant");
}

void check_reactions(const std::vector<Contract>& contracts, Complaints& complaints) {
  check_switched_drawdowns(contracts, complaints);
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses) {
        if (clause.kind != ClauseKind::Trigger && clause.kind != ClauseKind::Renegotiation) continue;
        complaints.at("contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name);
        check_switches(contracts, contract, clause, complaints);
        if (!clause.exercises.empty()) complaints.require_name("exercises", clause.exercises, clauses_of_kind(contract, ClauseKind::Termination), "a termination clause of this contract");
        if (!clause.renegotiates.empty()) complaints.require_name("renegotiates", clause.renegotiates, clauses_of_kind(contract, ClauseKind::Renegotiation), "a renegotiation clause of this contract");
        if (clause.kind != ClauseKind::Trigger || clause.stock <= 0) continue;
        const std::vector<std::string> talks = clauses_of_kind(contract, ClauseKind::Renegotiation);
        if (talks.empty()) complaints.add("stock", "given", "a renegotiation clause in this contract, whose stock it is", "Add one, or look at unserved instead");
        if (talks.size() > 1 && clause.renegotiates.empty())
          complaints.add("stock", "given where " + talks[0] + " and " + talks[1] + " have one each", "the one that is meant, in renegotiates", "Name the talks");
      }
}

}  // namespace rackrate::market::contracts
