#include <algorithm>

#include "sim/market/contracts/validation.hpp"

namespace rackrate::market::contracts {

void check_renegotiation_clause(const Clause& clause, Complaints& complaints) {
  complaints.require_name("lab", clause.lab, complaints.vocabulary().labs, "a lab");
  complaints.require_name("host", clause.host, complaints.vocabulary().clouds, "a cloud");
  complaints.require_share("weight", clause.weight);
  complaints.require_not_negative("hazard", clause.rate_per_year, "a rate of 0 or more");
  complaints.require_not_negative("period", core::in_days(clause.period), "a duration of 0 or more days (0: a quarter)");
  complaints.require_not_negative("notice", core::in_days(clause.notice), "a duration of 0 or more days");
  if (clause.half_life.count() <= 0)
    complaints.add("half_life", std::to_string(core::in_days(clause.half_life)) + " d", "a duration above 0", "A stock that nothing is kept in moves no hazard; leave out unmet_slope instead");
  if (clause.switches_on.empty() && clause.switches_off.empty())
    complaints.add("switches_off", "not given, nor switches_on", "the clauses that an agreement switches", "Talks that change nothing are worth nothing; name the exclusive that they end");
}

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
        complaints.add(field, "'" + name + "', the clause itself", "other clauses", "What it pays on agreement it pays while it is in force");
    }
}

}  // namespace rackrate::market::contracts
