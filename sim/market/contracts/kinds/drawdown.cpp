#include "sim/market/contracts/kinds/drawdown.hpp"

#include "sim/market/actors/actors.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Drawdown::check(const Clause& clause, const Version&, contracts::Complaints& complaints) const {
  complaints.require_name("channel", channel, complaints.vocabulary().channels, "a channel");
  complaints.require_share("share", share);
  for (const std::string& lab : clause.scope.labs)
    complaints.require_name("scope.labs", lab, complaints.vocabulary().labs, "a lab");
  for (const std::string& segment : clause.scope.segments)
    complaints.require_name("scope.segments", segment, complaints.vocabulary().segments, "a segment");
}

void Drawdown::check_market(const Actors& p, const Contract&, const Clause&, contracts::Complaints& complaints) const {
  for (const Channel& one : p.channels)
    if (one.name == channel && one.cloud.empty())
      complaints.add("channel", "'" + channel + "', which belongs to no cloud", "the channel of a cloud",
                     "Enterprises commit to clouds");
}

void Drawdown::check_all(const std::vector<Contract>& all, contracts::Complaints& complaints) {
  bool from_the_start = false;
  contracts::for_each_clause(all, [&](const Contract&, const Version&, const Clause& clause) {
    from_the_start = from_the_start || (clause.enabled && clause.is<Drawdown>());
  });
  if (from_the_start) return;
  const std::set<std::string> later = contracts::may_be_switched_on(all);
  contracts::for_each_clause(all, [&](const Contract& contract, const Version& version, const Clause& clause) {
    if (!clause.is<Drawdown>() || later.count(contract.name + "/" + clause.name) == 0) return;
    complaints.at(contracts::key_of(contract, version, clause));
    complaints.add("enabled", "false in the first drawdown, which is only switched on in a run",
                   "a drawdown clause that the scenario has from its first day",
                   "Give it `from`, or have another one beside it");
  });
}

}  // namespace rackrate::market::kinds
