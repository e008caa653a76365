#include "sim/market/contracts/validation/parties.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/validation/validation.hpp"
#include "sim/market/vocabulary/contains.hpp"

namespace rackrate::market::contracts {

namespace {

/// The firms a name may stand for: of a cloud, of a channel, of both where one name is used for both.
std::vector<std::string> firms_of(const Actors& p, const std::string& name) {
  std::vector<std::string> firms;
  for (const Cloud& cloud : p.clouds)
    if (cloud.name == name) firms.push_back(cloud.firm);
  for (const Channel& channel : p.channels)
    if (channel.name == name && !channel.firm.empty()) firms.push_back(channel.firm);
  return firms;
}

void check_holder_is_party(const Actors& p, const Contract& contract, const Clause& clause, Complaints& complaints) {
  visit_permission(clause, [&](const auto& terms) {
    if (!terms.has_one_holder()) return;
    for (const std::string& holder : terms.actors()) {
      const auto firms = firms_of(p, holder);
      if (firms.empty() ||
          std::any_of(firms.begin(), firms.end(), [&](const std::string& f) { return contains(contract.parties, f); }))
        continue;
      complaints.add("holder", "'" + holder + "' of " + firms.front() + ", who is no party to the contract",
                     "a cloud or channel of one of its parties",
                     "Add " + firms.front() + " to contracts." + contract.name + ".parties, or name another holder");
    }
  });
}

}  // namespace

std::vector<core::Mistake> find_party_mistakes(const Actors& p, const std::vector<Contract>& all) {
  Complaints complaints(p.vocabulary);
  const std::set<std::string> switched_on = may_be_switched_on(all);
  for (const Contract& contract : all)
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses) {
        if (!clause.enabled && switched_on.count(contract.name + "/" + clause.name) == 0) continue;
        complaints.at(key_of(contract, version, clause));
        check_holder_is_party(p, contract, clause, complaints);
        visit_terms(clause, [&](const auto& terms) { terms.check_market(p, contract, clause, complaints); });
      }
  return complaints.take();
}

}  // namespace rackrate::market::contracts
