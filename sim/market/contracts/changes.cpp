#include "sim/market/contracts/changes.hpp"

#include <algorithm>
#include <tuple>

#include "sim/market/contracts/notice.hpp"

namespace rackrate::market::contracts {
namespace {

template <class Named>
auto place_of(std::vector<Named>& list, std::string_view name) {
  return std::lower_bound(list.begin(), list.end(), name,
                          [](const Named& a, std::string_view n) { return a.name < n; });
}

template <class Named>
Named* find(std::vector<Named>& list, const std::string& name) {
  const auto it = std::find_if(list.begin(), list.end(), [&name](const Named& a) { return a.name == name; });
  return it == list.end() ? nullptr : &*it;
}

void add_version(std::vector<Contract>& contracts, const ContractChange& change) {
  auto contract = std::find_if(contracts.begin(), contracts.end(),
                               [&change](const Contract& c) { return c.name == change.contract; });
  if (contract == contracts.end()) {
    contract = contracts.insert(place_of(contracts, change.contract),
                                Contract{change.contract, change.parties, core::kNever, {}});
  }
  contract->versions.insert(place_of(contract->versions, change.added.name), change.added);
}

/// A clause that is switched off and on again is in force twice. The second time is a copy with the same name, so its
/// payments go to the same account.
void switch_clause(Version& version, const std::string& name, core::SimTime at, bool on) {
  Clause* last = nullptr;
  for (Clause& clause : version.clauses)
    if (clause.name == name) last = &clause;
  if (last == nullptr) return;
  const bool is_on = last->enabled && last->switched_off == core::kNever;
  if (on == is_on) return;
  if (!on) {
    last->switched_off = at;
  } else if (!last->enabled) {
    last->enabled = true;
    last->switched_on = at;
  } else {
    Clause second = *last;
    second.switched_on = at;
    second.switched_off = core::kNever;
    version.clauses.insert(version.clauses.begin() + (last - version.clauses.data()) + 1, std::move(second));
  }
}

/// Notice under a clause that is not in force on that day, or a second notice, changes nothing.
void give_notice(Contract& contract, Version& version, const ContractChange& change) {
  for (Clause& clause : version.clauses) {
    const auto* termination = clause.get_if<kinds::Termination>();
    if (clause.name != change.clause || termination == nullptr || termination->exercised <= change.at ||
        change.at >= contract.terminated)
      continue;
    Clause noticed = clause;
    noticed.as<kinds::Termination>().exercised = change.at;
    if (notice_counts(contract, version, noticed)) clause = std::move(noticed);
  }
  end_by_notice(contract);
}

/// An award stays in force under later versions, within its own dates. The winner becomes a party.
void add_award(Contract& contract, const ContractChange& change) {
  for (Version& version : contract.versions)
    for (const Clause& clause : change.clauses)
      if (version.effective < clause.until && clause.from < version.ends)
        version.clauses.insert(place_of(version.clauses, clause.name), clause);
  for (const std::string& firm : change.parties)
    if (!contract.parties.empty() &&
        std::find(contract.parties.begin(), contract.parties.end(), firm) == contract.parties.end())
      contract.parties.push_back(firm);
}

void agree(Version& version, const ContractChange& change) {
  for (Clause& clause : version.clauses)
    if (auto* terms = clause.get_if<kinds::Renegotiation>(); terms != nullptr && clause.name == change.clause)
      terms->agreed = change.agreed;
}

void settle_rate(Version& version, const ContractChange& change) {
  for (Clause& clause : version.clauses)
    if (auto* resale = clause.get_if<kinds::Resale>(); resale != nullptr && clause.name == change.clause)
      resale->agreed.push_back({change.at, change.rate});
}

void waive(Version& version, const ContractChange& change) {
  for (Clause& clause : version.clauses)
    if (auto* rofr = clause.get_if<kinds::Rofr>(); rofr != nullptr && clause.name == change.clause)
      rofr->waivers.push_back({change.host, change.at});
}

void apply(std::vector<Contract>& contracts, const ContractChange& change) {
  if (change.kind == ChangeKind::AddVersion) return add_version(contracts, change);
  Contract* const contract = find(contracts, change.contract);
  if (contract == nullptr) return;
  if (change.kind == ChangeKind::Terminate) {
    contract->terminated = std::min(contract->terminated, change.at);
    return;
  }
  if (change.kind == ChangeKind::Award) return add_award(*contract, change);
  if (change.kind == ChangeKind::Waive && change.version.empty()) {
    for (Version& version : contract->versions) waive(version, change);
    return;
  }
  const Version* const named = find(contract->versions, change.version);
  if (named == nullptr) return;
  for (Version& version : contract->versions) {
    if (&version != named && !(continues(version, *named) && version.ends > change.at)) continue;
    if (change.kind == ChangeKind::Switch)
      switch_clause(version, change.clause, change.at, change.on);
    else if (change.kind == ChangeKind::GiveNotice)
      give_notice(*contract, version, change);
    else if (change.kind == ChangeKind::Agree)
      agree(version, change);
    else if (change.kind == ChangeKind::SettleRate)
      settle_rate(version, change);
    else
      waive(version, change);
  }
}

}  // namespace

std::string_view whole_version(std::string_view name) { return name.substr(0, name.find(kPartOfVersion)); }

bool continues(const Version& version, const Version& earlier) {
  return version.effective > earlier.effective && version.signed_on == earlier.signed_on &&
         whole_version(version.name) == whole_version(earlier.name);
}

core::SimTime first_stated(const Contract& contract, const Version& version, const Clause& clause) {
  core::SimTime first = version.effective;
  for (const Version& part : contract.versions) {
    if (part.effective >= first || !continues(version, part)) continue;
    for (const Clause& before : part.clauses)
      if (before.name == clause.name && before.kind() == clause.kind() && before.enabled) first = part.effective;
  }
  return std::max(clause.from, first);
}

std::vector<Contract> with_changes(std::vector<Contract> scripted, std::vector<ContractChange> changes) {
  const auto key = [](const ContractChange& c) {
    return std::tie(c.at, c.kind, c.contract, c.version, c.clause, c.added.name, c.host, c.on);
  };
  std::stable_sort(changes.begin(), changes.end(),
                   [&key](const ContractChange& a, const ContractChange& b) { return key(a) < key(b); });
  for (const ContractChange& change : changes) apply(scripted, change);
  return scripted;
}

}  // namespace rackrate::market::contracts
