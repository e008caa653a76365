#include "sim/market/regime/tender_dates.hpp"

#include <algorithm>
#include <set>

namespace rackrate::market::contracts {
namespace {

constexpr std::string_view kGrantSuffix = "-grant";

bool states(const Clause& clause, const std::string& name) { return clause.kind == ClauseKind::Tender && clause.name == name; }

/// The date from which the tender's dates are counted.
core::SimTime first_date(const Contract& contract, const Version& version, const Clause& clause) {
  if (clause.on > core::kAlways) return clause.on;
  core::SimTime first = std::max(version.effective, clause.from);
  if (first > version.effective) return first;
  for (const Version& other : contract.versions)
    for (const Clause& before : other.clauses)
      if (other.effective < version.effective && states(before, clause.name) && before.on <= core::kAlways)
        first = std::min(first, std::max(other.effective, before.from));
  return first;
}

/// In force by the dates of its contract, whatever a run has switched or ended since.
bool written_for(const Contract& contract, std::size_t v, const Clause& clause, core::SimTime t) {
  const Version& version = contract.versions[v];
  if (t < std::max(version.effective, clause.from) || t >= std::min(version.ends, clause.until)) return false;
  return std::none_of(contract.versions.begin(), contract.versions.end(),
                      [&](const Version& other) { return other.effective <= t && t < other.ends && other.signed_on > version.signed_on; });
}

}  // namespace

std::vector<TenderDate> tender_dates(const Contract& contract, const std::string& name, core::SimTime end) {
  std::vector<TenderDate> dates;
  for (std::size_t v = 0; v < contract.versions.size(); ++v) {
    const Version& version = contract.versions[v];
    bool stated = false;   // one switched off and on again stands there twice
    for (std::size_t k = 0; k < version.clauses.size(); ++k) {
      const Clause& clause = version.clauses[k];
      if (!states(clause, name) || stated) continue;
      stated = true;
      core::SimTime date = first_date(contract, version, clause);
      const core::SimTime until = std::min({clause.until, version.ends, end});
      if (clause.period.count() > 0 && date < version.effective)   // those before are another version's, or nobody's
        date += (version.effective - date + clause.period - core::SimDuration{1}) / clause.period * clause.period;
      for (; date < until; date += clause.period) {
        if (written_for(contract, v, clause, date)) dates.push_back({0, date, static_cast<int>(v), static_cast<int>(k)});
        if (clause.period.count() <= 0) break;
      }
    }
  }
  std::sort(dates.begin(), dates.end(), [](const TenderDate& a, const TenderDate& b) { return a.date < b.date; });
  for (std::size_t i = 0; i < dates.size(); ++i) dates[i].number = static_cast<int>(i) + 1;
  for (TenderDate& one : dates) {   // only now: a switch moves a single tender, never its number
    const Clause& clause = contract.versions[static_cast<std::size_t>(one.version)].clauses[static_cast<std::size_t>(one.clause)];
    if (clause.period.count() <= 0) one.date = std::max(one.date, clause.switched_on);
  }
  return dates;
}

std::vector<std::string> tender_names(const Contract& contract) {
  std::set<std::string> names;
  for (const Version& version : contract.versions)
    for (const Clause& clause : version.clauses)
      if (clause.kind == ClauseKind::Tender) names.insert(clause.name);
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

std::vector<Role> tender_roles(const Clause& tender) { return tender.roles.empty() ? std::vector<Role>{Role::Host} : tender.roles; }

std::vector<Clause> awarded_clauses(const Clause& tender, int number, const Award& award) {
  Clause block;
  block.name = award_name(tender.name, number);
  block.kind = ClauseKind::Reservation;
  block.awarded_by = tender.name;
  block.from = award.from;
  block.until = award.from + tender.term;
  block.scope.regions = tender.scope.regions;
  block.payer = award.payer;
  block.payee = award.payee;
  block.lab = tender.lab;
  block.host = award.cloud;
  block.quantity_h100e = tender.quantity_h100e;
  block.price_usd = static_cast<double>(award.price) * 1e-4;
  block.unused = UnusedRule::Release;
  Clause grant;
  grant.name = block.name + std::string(kGrantSuffix);
  grant.kind = ClauseKind::Grant;
  grant.awarded_by = tender.name;
  grant.from = block.from;
  grant.until = block.until;
  grant.roles = tender_roles(tender);
  grant.scope = tender.scope;
  grant.scope.labs = {tender.lab};
  grant.holders = {award.cloud};
  return {std::move(block), std::move(grant)};
}

}  // namespace rackrate::market::contracts
