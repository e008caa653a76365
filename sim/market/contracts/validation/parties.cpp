#include "sim/market/contracts/validation/parties.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::contracts {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

/// The firms a name may stand for: of a cloud, of a channel, of both where one name is used for both.
std::vector<std::string> firms_of(const Parameters& p, const std::string& name) {
  std::vector<std::string> firms;
  for (const Cloud& cloud : p.clouds)
    if (cloud.name == name) firms.push_back(cloud.firm);
  for (const Channel& channel : p.channels)
    if (channel.name == name && !channel.firm.empty()) firms.push_back(channel.firm);
  return firms;
}

void check_holder_is_party(const Parameters& p, const Contract& contract, const Clause& clause, Complaints& complaints) {
  if (!is_exclusive(clause) && clause.kind != ClauseKind::ShipFirst) return;
  for (const std::string& holder : clause.holders) {
    const auto firms = firms_of(p, holder);
    if (firms.empty() || std::any_of(firms.begin(), firms.end(), [&](const std::string& f) { return contains(contract.parties, f); })) continue;
    complaints.add("holder", "'" + holder + "' of " + firms.front() + ", who is no party to the contract", "a cloud or channel of one of its parties",
                   "Add " + firms.front() + " to contracts." + contract.name + ".parties, or name another holder");
  }
}

void check_host_is_paid(const Parameters& p, const Clause& clause, Complaints& complaints) {
  if (clause.kind != ClauseKind::Reservation) return;
  for (const Cloud& cloud : p.clouds)
    if (cloud.name == clause.host && cloud.firm != clause.payee && !clause.payee.empty())
      complaints.add("payee", "'" + clause.payee + "'", "the firm of the host, " + cloud.firm, "What is reserved at a cloud is paid to it");
  for (const Lab& lab : p.labs)
    if (lab.name == clause.lab && lab.firm != clause.payer && !clause.payer.empty())
      complaints.add("payer", "'" + clause.payer + "'", "the firm of the lab, " + lab.firm, "The reserved compute is for work that the lab pays for");
}

/// A lab asks for itself, and other firms: nobody reserves compute of its own.
void check_tender_parties(const Parameters& p, const Contract& contract, const Clause& clause, Complaints& complaints) {
  if (clause.kind != ClauseKind::Tender) return;
  for (const Lab& lab : p.labs) {
    if (lab.name != clause.lab) continue;
    if (!contains(contract.parties, lab.firm))
      complaints.add("lab", "'" + lab.name + "' of " + lab.firm + ", who is no party to the contract", "a lab of one of its parties", "Add " + lab.firm + " to contracts." + contract.name + ".parties");
    for (const Cloud& cloud : p.clouds)
      if (cloud.firm == lab.firm && contains(clause.holders, cloud.name))
        complaints.add("bidders", "'" + cloud.name + "', which belongs to the lab's firm", "clouds of other firms", "Drop it: what is one's own needs no tender");
  }
}

void check_drawn_channel(const Parameters& p, const Clause& clause, Complaints& complaints) {
  if (clause.kind != ClauseKind::Drawdown) return;
  for (const Channel& channel : p.channels)
    if (channel.name == clause.channel && channel.cloud.empty())
      complaints.add("channel", "'" + clause.channel + "', which belongs to no cloud", "the channel of a cloud", "Enterprises commit to clouds");
}

void check_two_sides(const Parameters& p, const Clause& clause, Complaints& complaints) {
  if (clause.kind != ClauseKind::Renegotiation) return;
  for (const Lab& lab : p.labs)
    for (const Cloud& cloud : p.clouds)
      if (lab.name == clause.lab && cloud.name == clause.host && lab.firm == cloud.firm)
        complaints.add("host", "'" + clause.host + "' of " + cloud.firm + ", as is the lab", "a cloud of another firm than the lab's", "Nobody negotiates with itself");
}

}  // namespace

std::vector<core::Mistake> find_party_mistakes(const Parameters& p) {
  Complaints complaints(p.vocabulary);
  const std::set<std::string> switched_on = may_be_switched_on(p.contracts);
  for (const Contract& contract : p.contracts)
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses) {
        if (!clause.enabled && switched_on.count(contract.name + "/" + clause.name) == 0) continue;
        complaints.at("contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name);
        check_holder_is_party(p, contract, clause, complaints);
        check_host_is_paid(p, clause, complaints);
        check_drawn_channel(p, clause, complaints);
        check_two_sides(p, clause, complaints);
        check_tender_parties(p, contract, clause, complaints);
      }
  return complaints.take();
}

}  // namespace rackrate::market::contracts
