#include <algorithm>
#include <string>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/regime/tender_dates.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::contracts {
namespace {

bool any_product(const Clause& clause, Role role) {
  if (clause.scope.products.empty()) return true;
  return std::any_of(clause.scope.products.begin(), clause.scope.products.end(), [role](Product product) {
    const auto roles = roles_of(product);
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  });
}

void check_tender_scope(const Clause& clause, Complaints& complaints) {
  for (const std::string& lab : clause.scope.labs)
    if (lab != clause.lab) complaints.add("scope.labs", "'" + lab + "'", "nothing, or the lab that asks, '" + clause.lab + "'", "A tender is for one lab's work");
  for (const std::string& region : clause.scope.regions) complaints.require_name("scope.regions", region, complaints.vocabulary().regions, "a region");
  for (const Role role : tender_roles(clause)) {
    const std::string name(kRoleNames[static_cast<std::size_t>(role)]);
    if (role != Role::Host && role != Role::Train) complaints.add("role", name, "HOST, TRAIN or both", "What is awarded is compute");
    else if (!any_product(clause, role)) complaints.add("scope.products", "no product that needs " + name, "one that does", "Name another role, or drop the products");
  }
}

}  // namespace

void check_tender_clause(const Clause& clause, Complaints& complaints) {
  complaints.require_name("lab", clause.lab, complaints.vocabulary().labs, "a lab");
  if (clause.holders.empty()) complaints.add("bidders", "empty", "at least one cloud", "Name who is asked");
  for (const std::string& bidder : clause.holders) complaints.require_name("bidders", bidder, complaints.vocabulary().clouds, "a cloud");
  if (!(clause.quantity_h100e >= 1.0)) complaints.add("quantity", std::to_string(clause.quantity_h100e), "at least 1 H100e", "A tender for nothing needs no clause");
  if (clause.term.count() <= 0) complaints.add("term", std::to_string(static_cast<long long>(core::in_days(clause.term))) + " d", "a duration above 0", "Say for how long it is reserved");
  if (clause.period.count() != 0 && clause.period < core::kDay)
    complaints.add("period", std::to_string(clause.period.count() / 3'600'000) + " h", "0, or a day or more", "0 asks once");
  if (clause.on >= clause.until) complaints.add("on", core::to_string(clause.on), "a date before until (" + core::to_string(clause.until) + ")", "Ends are exclusive; nobody would ever be asked");
  if (clause.period.count() == 0 && clause.on != core::kAlways && clause.on < clause.from)
    complaints.add("on", core::to_string(clause.on), "a date not before from (" + core::to_string(clause.from) + ")", "Nobody would ever be asked; drop one of the two");
  check_tender_scope(clause, complaints);
}

void check_award_names(const Contract& contract, Complaints& complaints) {
  std::string tender;
  for (const Version& version : contract.versions)
    for (const Clause& clause : version.clauses) {
      if (!clause.awarded_by.empty() || !is_award_name(contract, clause.name, tender)) continue;
      complaints.at("contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name);
      complaints.add("", "a name kept for what tender '" + tender + "' awards", "another name", "Rename the clause");
    }
}

}  // namespace rackrate::market::contracts
