#include "sim/market/contracts/kinds/trigger.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

namespace {

bool has_condition(const Trigger& t) {
  return t.on != core::kAlways || t.hazard_per_year > 0 || t.unserved > 0 || t.share_above > 0 || t.hhi > 0 ||
         t.stock > 0 || t.breached || t.revenue_usd > 0 || t.capacity_h100e > 0 || !t.after.empty();
}

bool has_effect(const Trigger& t) {
  return !t.switches_on.empty() || !t.switches_off.empty() || !t.exercises.empty() || !t.renegotiates.empty();
}

}  // namespace

void Trigger::check(const Clause& clause, const Version&, contracts::Complaints& complaints) const {
  const Vocabulary& vocabulary = complaints.vocabulary();
  if (!has_condition(*this))
    complaints.add("kind", "a trigger without a condition",
                   "at least one of on, hazard, unserved, share_above, hhi, stock, breached, revenue, capacity, after",
                   "Say what it waits for");
  if (!has_effect(*this))
    complaints.add("kind", "a trigger without an effect",
                   "at least one of switches_on, switches_off, exercises, renegotiates", "Say what it does");
  if (on != core::kAlways && on > clause.until)
    complaints.add("on", core::to_string(on), "a date not after until (" + core::to_string(clause.until) + ")",
                   "It would never fire");
  complaints.require_share("unserved", unserved);
  complaints.require_share("share_above", share_above);
  complaints.require_not_negative("hazard", hazard_per_year, "a rate of 0 or more");
  if (unserved > 0 || revenue_usd > 0 || !of_lab.empty())
    complaints.require_name("of_lab", of_lab, vocabulary.labs, "the lab whose load or revenue is meant");
  if (share_above > 0 || !of_firm.empty())
    complaints.require_name("of_firm", of_firm, vocabulary.firms, "the firm whose share is meant");
  if (capacity_h100e > 0 || !at_cloud.empty())
    complaints.require_name("at_cloud", at_cloud, vocabulary.clouds, "the cloud whose capacity is meant");
}

void Trigger::check_references(const std::vector<Contract>& all, const Contract& contract, const Clause& clause,
                               contracts::Complaints& complaints) const {
  contracts::check_after(all, after, complaints);
  contracts::check_switches(all, contract, clause, *this, complaints);
  const std::vector<std::string> renegotiations = contracts::clauses_of_kind(contract, kind_of<Renegotiation>);
  if (!exercises.empty())
    complaints.require_name("exercises", exercises, contracts::clauses_of_kind(contract, kind_of<Termination>),
                            "a termination clause of this contract");
  if (!renegotiates.empty())
    complaints.require_name("renegotiates", renegotiates, renegotiations, "a renegotiation clause of this contract");
  if (stock <= 0) return;
  if (renegotiations.empty())
    complaints.add("stock", "given", "a renegotiation clause in this contract, whose stock it is",
                   "Add one, or state unserved instead");
  if (renegotiations.size() > 1 && renegotiates.empty())
    complaints.add("stock", "given where " + renegotiations[0] + " and " + renegotiations[1] + " have one each",
                   "the one that is meant, in renegotiates", "Name one of the two");
}

}  // namespace rackrate::market::kinds
