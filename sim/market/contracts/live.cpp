#include "sim/market/contracts/live.hpp"

#include <algorithm>
#include <tuple>

namespace rackrate::market::contracts {
namespace {

template <class Named>
auto place_of(std::vector<Named>& list, std::string_view name) {
  return std::lower_bound(list.begin(), list.end(), name, [](const Named& a, std::string_view n) { return a.name < n; });
}

template <class Named>
Named* find(std::vector<Named>& list, const std::string& name) {
  const auto it = std::find_if(list.begin(), list.end(), [&name](const Named& a) { return a.name == name; });
  return it == list.end() ? nullptr : &*it;
}

void add_version(std::vector<Contract>& contracts, const ContractChange& change) {
  auto contract = std::find_if(contracts.begin(), contracts.end(), [&change](const Contract& c) { return c.name == change.contract; });
  if (contract == contracts.end()) {
    contract = contracts.insert(place_of(contracts, change.contract), Contract{change.contract, change.parties, core::kNever, {}});
  }
  contract->versions.insert(place_of(contract->versions, change.added.name), change.added);
}

/// A clause switched off and on again speaks in two stretches: the second is a copy of the same name, so its
/// money goes to the same account.
void switch_clause(Version& version, const std::string& name, core::SimTime at, bool on) {
  Clause* last = nullptr;
  for (Clause& clause : version.clauses)
    if (clause.name == name) last = &clause;
  if (last == nullptr) return;
  const bool speaks = last->enabled && last->switched_off == core::kNever;
  if (on == speaks) return;
  if (!on) {
    last->switched_off = at;
  } else if (!last->enabled) {
    last->enabled = true;
    last->switched_on = at;
  } else {
    Clause again = *last;
    again.switched_on = at;
    again.switched_off = core::kNever;
    version.clauses.insert(version.clauses.begin() + (last - version.clauses.data()) + 1, std::move(again));
  }
}

void apply(std::vector<Contract>& contracts, const ContractChange& change) {
  if (change.kind == ChangeKind::AddVersion) return add_version(contracts, change);
  Contract* const contract = find(contracts, change.contract);
  if (contract == nullptr) return;
  if (change.kind == ChangeKind::Terminate) {
    contract->terminated = std::min(contract->terminated, change.at);
    return;
  }
  Version* const version = find(contract->versions, change.version);
  if (version == nullptr) return;
  if (change.kind == ChangeKind::Switch) return switch_clause(*version, change.clause, change.at, change.on);
  for (Clause& clause : version->clauses) {
    if (clause.name != change.clause) continue;
    if (change.kind == ChangeKind::Waive) clause.waivers.push_back({change.host, change.at});
  }
}

}  // namespace

std::vector<Contract> with_changes(std::vector<Contract> scripted, std::vector<ContractChange> changes) {
  const auto key = [](const ContractChange& c) { return std::tie(c.at, c.kind, c.contract, c.version, c.clause, c.added.name, c.host, c.on); };
  std::stable_sort(changes.begin(), changes.end(), [&key](const ContractChange& a, const ContractChange& b) { return key(a) < key(b); });
  for (const ContractChange& change : changes) apply(scripted, change);
  return scripted;
}

}  // namespace rackrate::market::contracts
