#include "sim/market/contracts/kinds/tender.hpp"

#include <algorithm>

#include "sim/core/whole.hpp"
#include "sim/market/actors/actors.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/tender_dates.hpp"
#include "sim/market/contracts/validation/validation.hpp"
#include "sim/market/vocabulary/contains.hpp"

namespace rackrate::market::kinds {

namespace {

bool any_product(const Scope& scope, Role role) {
  if (scope.products.empty()) return true;
  return std::any_of(scope.products.begin(), scope.products.end(), [role](Product product) {
    const auto roles = contracts::roles_of(product);
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  });
}

void check_scope(const Scope& scope, const Tender& tender, contracts::Complaints& complaints) {
  for (const std::string& lab : scope.labs)
    if (lab != tender.lab)
      complaints.add("scope.labs", "'" + lab + "'", "nothing, or the lab that asks, '" + tender.lab + "'",
                     "A tender is for one lab's work");
  for (const std::string& region : scope.regions)
    complaints.require_name("scope.regions", region, complaints.vocabulary().regions, "a region");
  for (const Role role : contracts::tender_roles(tender)) {
    const std::string name(name_of(role));
    if (role != Role::Host && role != Role::Train)
      complaints.add("role", name, "HOST, TRAIN or both", "What is awarded is compute");
    else if (!any_product(scope, role))
      complaints.add("scope.products", "no product that needs " + name, "one that does",
                     "Name another role, or drop the products");
  }
}

}  // namespace

void Tender::check(const Clause& clause, const Version&, contracts::Complaints& complaints) const {
  complaints.require_name("lab", lab, complaints.vocabulary().labs, "a lab");
  if (bidders.empty()) complaints.add("bidders", "empty", "at least one cloud", "Name who is asked");
  for (const std::string& bidder : bidders)
    complaints.require_name("bidders", bidder, complaints.vocabulary().clouds, "a cloud");
  if (!(quantity_h100e >= 1.0))
    complaints.add("quantity", std::to_string(quantity_h100e), "at least 1 H100e",
                   "A tender for nothing needs no clause");
  if (term.count() <= 0)
    complaints.add("term", std::to_string(core::whole(core::in_days(term), "a term")) + " d", "a duration above 0",
                   "Say for how long it is reserved");
  if (period.count() != 0 && period < core::kDay)
    complaints.add("period", std::to_string(period.count() / 3'600'000) + " h", "0, or a day or more", "0 asks once");
  if (on >= clause.until)
    complaints.add("on", core::to_string(on), "a date before until (" + core::to_string(clause.until) + ")",
                   "Ends are exclusive; nobody would ever be asked");
  if (period.count() == 0 && on != core::kAlways && on < clause.from)
    complaints.add("on", core::to_string(on), "a date not before from (" + core::to_string(clause.from) + ")",
                   "Nobody would ever be asked; drop one of the two");
  check_scope(clause.scope, *this, complaints);
}

void Tender::check_market(const Actors& p, const Contract& contract, const Clause&,
                          contracts::Complaints& complaints) const {
  for (const Lab& one : p.labs) {
    if (one.name != lab) continue;
    if (!contains(contract.parties, one.firm))
      complaints.add("lab", "'" + one.name + "' of " + one.firm + ", who is no party to the contract",
                     "a lab of one of its parties", "Add " + one.firm + " to contracts." + contract.name + ".parties");
    for (const Cloud& cloud : p.clouds)
      if (cloud.firm == one.firm && contains(bidders, cloud.name))
        complaints.add("bidders", "'" + cloud.name + "', which belongs to the lab's firm", "clouds of other firms",
                       "Remove it: the lab's own firm needs no tender");
  }
}

void Tender::check_all(const std::vector<Contract>& all, contracts::Complaints& complaints) {
  std::string tender;
  contracts::for_each_clause(all, [&](const Contract& contract, const Version& version, const Clause& clause) {
    if (!clause.awarded_by.empty() || !contracts::is_award_name(contract, clause.name, tender)) return;
    complaints.at(contracts::key_of(contract, version, clause));
    complaints.add("", "a name kept for what tender '" + tender + "' awards", "another name", "Rename the clause");
  });
}

}  // namespace rackrate::market::kinds
