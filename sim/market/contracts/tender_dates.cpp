#include "sim/market/contracts/tender_dates.hpp"

#include <algorithm>
#include <set>

#include "sim/core/whole.hpp"

namespace rackrate::market::contracts {
namespace {

constexpr std::string_view kGrantSuffix = "-grant";

/// The tender of this name that the clause states, or null.
const kinds::Tender* tender_of(const Clause& clause, const std::string& name) {
  return clause.name == name ? clause.get_if<kinds::Tender>() : nullptr;
}

/// The date from which the tender's dates are counted.
core::SimTime first_date(const Contract& contract, const Version& version, const Clause& clause) {
  if (const core::SimTime on = clause.as<kinds::Tender>().on; on > core::kAlways) return on;
  core::SimTime first = std::max(version.effective, clause.from);
  if (first > version.effective) return first;
  for (const Version& other : contract.versions)
    for (const Clause& before : other.clauses)
      if (const auto* tender = tender_of(before, clause.name);
          tender != nullptr && other.effective < version.effective && tender->on <= core::kAlways)
        first = std::min(first, std::max(other.effective, before.from));
  return first;
}

/// In force by the dates of its contract, whatever a run has switched or ended since.
bool written_for(const Contract& contract, const Version& version, const Clause& clause, core::SimTime t) {
  if (t < std::max(version.effective, clause.from) || t >= std::min(version.ends, clause.until)) return false;
  return std::none_of(contract.versions.begin(), contract.versions.end(), [&](const Version& other) {
    return other.effective <= t && t < other.ends && other.signed_on > version.signed_on;
  });
}

/// Adds the dates that one clause states, not numbered yet.
void add_dates(const Contract& contract, VersionId v, ClauseId k, core::SimTime end, std::vector<TenderDate>& dates) {
  const Version& version = contract[v];
  const Clause& clause = version[k];
  core::SimTime date = first_date(contract, version, clause);
  const core::SimTime until = std::min({clause.until, version.ends, end});
  const core::SimDuration period = clause.as<kinds::Tender>().period;
  if (period.count() > 0 && date < version.effective)  // those before are another version's, or nobody's
    date += (version.effective - date + period - core::SimDuration{1}) / period * period;
  for (; date < until; date += period) {
    if (written_for(contract, version, clause, date)) dates.push_back({0, date, v, k});
    if (period.count() <= 0) break;
  }
}

}  // namespace

std::vector<TenderDate> tender_dates(const Contract& contract, const std::string& name, core::SimTime end) {
  std::vector<TenderDate> dates;
  for (const VersionId v : contract.version_ids())
    for (const ClauseId k : contract[v].clause_ids())
      if (tender_of(contract[v][k], name) != nullptr) {
        add_dates(contract, v, k, end, dates);
        break;  // one switched off and on again stands there twice
      }
  std::sort(dates.begin(), dates.end(), [](const TenderDate& a, const TenderDate& b) { return a.date < b.date; });
  int number = 0;
  for (TenderDate& one : dates) {
    one.number = ++number;
    const Clause& clause = contract[one.version][one.clause];  // a switch moves a single tender, never its number
    if (clause.as<kinds::Tender>().period.count() <= 0) one.date = std::max(one.date, clause.switched_on);
  }
  return dates;
}

std::vector<std::string> tender_names(const Contract& contract) {
  std::set<std::string> names;
  for (const Version& version : contract.versions)
    for (const Clause& clause : version.clauses)
      if (clause.is<kinds::Tender>()) names.insert(clause.name);
  return {names.begin(), names.end()};
}

std::string award_name(const std::string& name, int number) { return name + "-" + std::to_string(number); }

bool is_award_name(const Contract& contract, const std::string& clause, std::string& tender) {
  for (const std::string& name : tender_names(contract)) {
    if (!clause.starts_with(name + "-")) continue;
    std::string_view rest = std::string_view(clause).substr(name.size() + 1);
    if (rest.ends_with(kGrantSuffix)) rest.remove_suffix(kGrantSuffix.size());
    if (rest.empty() || !std::all_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; })) continue;
    tender = name;
    return true;
  }
  return false;
}

std::vector<std::string> award_names(const Contract& contract, core::SimTime start, core::SimTime end) {
  std::vector<std::string> names;
  for (const std::string& tender : tender_names(contract))
    for (const TenderDate& one : tender_dates(contract, tender, end))
      if (one.date >= start) names.push_back(award_name(tender, one.number));
  return names;
}

std::vector<Role> tender_roles(const kinds::Tender& tender) {
  return tender.role.empty() ? std::vector<Role>{Role::Host} : tender.role;
}

std::vector<Clause> awarded_clauses(const Clause& tender, int number, const Award& award) {
  const auto& asked = tender.as<kinds::Tender>();
  Clause block;
  block.name = award_name(tender.name, number);
  block.awarded_by = tender.name;
  block.from = award.from;
  block.until = award.from + asked.term;
  block.scope.regions = tender.scope.regions;
  auto& reserved = block.terms.emplace<kinds::Reservation>();
  reserved.payer = award.payer;
  reserved.payee = award.payee;
  reserved.lab = asked.lab;
  reserved.host = award.cloud;
  reserved.quantity_h100e = asked.quantity_h100e;
  reserved.price_usd = core::real(award.price.tenthousandths()) * 1e-4;
  reserved.unused = UnusedRule::Release;
  Clause grant;
  grant.name = block.name + std::string(kGrantSuffix);
  grant.awarded_by = tender.name;
  grant.from = block.from;
  grant.until = block.until;
  grant.scope = tender.scope;
  grant.scope.labs = {asked.lab};
  auto& permitted = grant.terms.emplace<kinds::Grant>();
  permitted.role = tender_roles(asked);
  permitted.grantee = {award.cloud};
  return {std::move(block), std::move(grant)};
}

}  // namespace rackrate::market::contracts
