#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::contracts {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_lab_and_host(const Clause& clause, Complaints& complaints) {
  complaints.require_name("lab", clause.lab, complaints.vocabulary().labs, "a lab");
  complaints.require_name("host", clause.host, complaints.vocabulary().clouds, "a cloud");
}

void check_primary(const Clause& clause, Complaints& complaints) {
  check_lab_and_host(clause, complaints);
  complaints.require_share("weight", clause.weight);
  complaints.require_share("min_share", clause.min_share);
  if (clause.weight == 0.0 && clause.min_share == 0.0)
    complaints.add("min_share", "0, and weight is 0 too", "a weight or a least share above 0", "A primary host that nothing is owed to is no primary host; drop the clause or say what it is owed");
  for (const Role role : clause.roles)
    if (role != Role::Host && role != Role::Train)
      complaints.add("role", std::string(kRoleNames[static_cast<std::size_t>(role)]), "HOST, TRAIN or both", "Compute is routed in these roles only");
}

void check_reservation(const Clause& clause, Complaints& complaints) {
  check_lab_and_host(clause, complaints);
  complaints.require_not_negative("quantity", clause.quantity_h100e, "a number of H100e of 0 or more");
  complaints.require_not_negative("power", clause.power_mw, "a power of 0 or more");
  if ((clause.quantity_h100e > 0.0) == (clause.power_mw > 0.0))
    complaints.add("quantity", clause.power_mw > 0.0 ? "given, and power too" : "not given, nor power", "one of quantity and power", "Say how many H100e are reserved, or how many megawatts of a named chip");
  if (clause.power_mw > 0.0 && clause.chip.empty())
    complaints.add("chip", "not given", "the chip that the power is for", "Megawatts become H100e by the chip's own figures");
  if (!(clause.price_usd >= 0.0)) complaints.add("price", "not given", "a price per H100e-hour", "What is reserved is paid whether it is used or not");
  core::SimTime before = core::kAlways;
  for (const ScheduleStep& step : clause.schedule) {
    if (step.from >= core::kNever) complaints.add("schedule", "a key that is no date", "dates such as 2026-07-01", "Write schedule = { 2026-07-01 = \"50 %\", 2027-01-01 = \"100 %\" }");
    else complaints.require_share("schedule." + core::to_string(step.from), step.share);
    if (step.from < before) complaints.add("schedule", core::to_string(step.from) + " after " + core::to_string(before), "ascending dates", "Sort the steps");
    before = step.from;
  }
}

void check_tranche(const Clause& clause, Complaints& complaints) {
  if (!(clause.amount_usd > 0.0)) complaints.add("amount", std::to_string(clause.amount_usd), "an amount above 0 $", "Drop the clause if nothing is invested");
  complaints.require_not_negative("valuation", clause.valuation_usd, "an amount of 0 $ or more");
  if (clause.valuation_usd > 0.0 && clause.valuation_usd < clause.amount_usd)
    complaints.add("valuation", std::to_string(clause.valuation_usd), "at least the amount invested", "The valuation counts the new money: a stake is amount / valuation");
  complaints.require_not_negative("revenue", clause.revenue_usd, "a revenue of 0 or more");
  complaints.require_not_negative("capacity", clause.capacity_h100e, "a capacity of 0 or more");
  if (clause.revenue_usd > 0.0 || !clause.lab.empty()) complaints.require_name("of_lab", clause.lab, complaints.vocabulary().labs, "the lab whose revenue is meant");
  if (clause.capacity_h100e > 0.0 || !clause.host.empty()) complaints.require_name("at_cloud", clause.host, complaints.vocabulary().clouds, "the cloud whose capacity is meant");
}

void check_drawdown(const Clause& clause, Complaints& complaints) {
  complaints.require_name("channel", clause.channel, complaints.vocabulary().channels, "a channel");
  complaints.require_share("share", clause.rate);
  for (const std::string& lab : clause.scope.labs) complaints.require_name("scope.labs", lab, complaints.vocabulary().labs, "a lab");
  for (const std::string& segment : clause.scope.segments) complaints.require_name("scope.segments", segment, complaints.vocabulary().segments, "a segment");
}

std::string kind_of(const Clause& clause) {
  return clause.kind == ClauseKind::Custom ? clause.custom : std::string(kClauseKindNames[static_cast<std::size_t>(clause.kind)]);
}

bool moves_between_firms(ClauseKind kind) {
  return kind == ClauseKind::Commit || kind == ClauseKind::Revshare || kind == ClauseKind::Reservation || kind == ClauseKind::Tranche || kind == ClauseKind::Equity ||
         kind == ClauseKind::Damages || kind == ClauseKind::Termination;
}

}  // namespace

void check_capital_clause(const Clause& clause, Complaints& complaints) {
  switch (clause.kind) {
    case ClauseKind::Primary: check_primary(clause, complaints); break;
    case ClauseKind::Reservation:
      check_payer_and_payee(clause, true, complaints);
      check_reservation(clause, complaints);
      break;
    case ClauseKind::Tranche:
      check_payer_and_payee(clause, true, complaints);
      check_tranche(clause, complaints);
      break;
    case ClauseKind::Equity:
      complaints.require_name("owner", clause.payee, complaints.vocabulary().firms, "a firm");
      complaints.require_name("firm", clause.payer, complaints.vocabulary().firms, "a firm");
      if (!clause.payer.empty() && clause.payer == clause.payee) complaints.add("owner", "'" + clause.payee + "', the firm itself", "another firm", "Nobody owns itself");
      complaints.require_share("share", clause.rate);
      break;
    case ClauseKind::Drawdown: check_drawdown(clause, complaints); break;
    default: break;
  }
}

void check_money_parties(const Contract& contract, const Version& version, const Clause& clause, Complaints& complaints) {
  if (!moves_between_firms(clause.kind) || contract.parties.empty()) return;   // a contract made by hand may leave them out
  const auto& firms = complaints.vocabulary().firms;
  const bool equity = clause.kind == ClauseKind::Equity;
  const std::pair<const char*, const std::string*> sides[] = {{equity ? "firm" : "payer", &clause.payer}, {equity ? "owner" : "payee", &clause.payee}};
  for (const auto& [field, name] : sides) {
    if (!contains(firms, *name) || contains(contract.parties, *name)) continue;
    complaints.at("contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name);
    complaints.add(field, "'" + *name + "', who is no party to the contract", "one of its parties", "Add it to contracts." + contract.name + ".parties, or name a party");
  }
}

void check_labels(const Contract& contract, const std::set<std::string>& switched_on, Complaints& complaints) {
  std::map<std::string, std::pair<const Version*, const Clause*>> first;
  for (const Version& version : contract.versions)
    for (const Clause& clause : version.clauses) {
      if (decides_permission(clause.kind) || (!clause.enabled && switched_on.count(contract.name + "/" + clause.name) == 0)) continue;
      const auto [at, fresh] = first.try_emplace(clause.name, &version, &clause);
      const Clause& before = *at->second.second;
      if (fresh || (kind_of(before) == kind_of(clause) && before.payer == clause.payer && before.payee == clause.payee)) continue;
      complaints.at("contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name);
      complaints.add("kind", "\"" + kind_of(clause) + "\" between " + clause.payer + " and " + clause.payee,
                     "the kind and the parties that version '" + at->second.first->name + "' gave a clause of this name",
                     "A clause restated under its name is the same obligation and keeps its account; give another obligation another name");
    }
}

void check_references(const std::vector<Contract>& contracts, Complaints& complaints) {
  const std::set<std::string> switched_on = may_be_switched_on(contracts);
  std::vector<std::string> known;
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions) known.push_back(contract.name + "/" + version.name);
  for (const Contract& contract : contracts) {
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses) {
        check_money_parties(contract, version, clause, complaints);
        if (clause.after.empty()) continue;
        complaints.at("contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name);
        complaints.require_name("after", clause.after, known, "a version, as \"contract/version\"");
      }
    check_labels(contract, switched_on, complaints);
    check_award_names(contract, complaints);
  }
}

}  // namespace rackrate::market::contracts
