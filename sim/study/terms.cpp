#include "sim/study/terms.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/core/sha256.hpp"
#include "sim/market/contracts/in_force.hpp"
#include "sim/market/contracts/notice.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/rollouts.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/primitives/ledger.hpp"
#include "sim/market/regime/awareness.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::study {
namespace {

using market::Clause;
using Items = std::vector<scenario::Item>;

/// Keys for readers, without effect on a run (resolved_text.cpp holds the same list).
constexpr std::array<std::string_view, 7> kProse{"accessed", "description", "grade", "note", "source", "title", "url"};

bool is_prose(std::string_view path) {
  const auto key = path.substr(path.rfind('.') + 1);
  return path.starts_with("sources.") || std::find(kProse.begin(), kProse.end(), key) != kProse.end();
}

/// "key=value" of every value below a prefix, the prefix left off. Items are sorted by path.
std::string below(const Items& items, const std::string& prefix) {
  std::string text;
  auto it = std::lower_bound(items.begin(), items.end(), prefix,
                             [](const scenario::Item& item, const std::string& p) { return item.path < p; });
  for (; it != items.end() && it->path.starts_with(prefix); ++it)
    if (!is_prose(it->path)) text += it->path.substr(prefix.size()) + "=" + it->value + "\n";
  return text;
}

bool acts_through_permission_alone(const Clause& clause) {
  return market::visit_terms(clause, []<class K>(const K&) { return K::acts_through_permission_alone; });
}

/// A cap counts from the version's own first day, so a share restated with a cap is not the same share going on. So do
/// the renewals of a price or a rate, and the list that a price is stated at.
bool counts_from_its_version(const Clause& clause) {
  if (const auto* share = clause.get_if<market::kinds::Revshare>()) return share->cap_usd >= 0;
  if (const auto* hosting = clause.get_if<market::kinds::Hosting>())
    return hosting->moves == market::HostingMoves::AtRenewal;
  const auto* resale = clause.get_if<market::kinds::Resale>();
  return resale != nullptr && resale->is_bargained();
}

/// The clauses that act during [from, until), in order of their names.
std::string clauses_text(const Items& items, const std::string& path, const market::Contract& contract,
                         const market::Version& version, core::SimTime from, core::SimTime until) {
  std::vector<const Clause*> live;
  for (const auto& clause : version.clauses)
    if (clause.enabled && !acts_through_permission_alone(clause) &&
        std::max(clause.from, from) < std::min(clause.until, until))
      live.push_back(&clause);
  std::sort(live.begin(), live.end(), [](const Clause* a, const Clause* b) { return a->name < b->name; });
  std::string text;
  for (const Clause* clause : live) {
    text += clause->name + "\n" + below(items, path + ".clauses." + clause->name + ".");
    if (const auto* rollout = clause->get_if<market::kinds::Rollout>(); rollout != nullptr && rollout->is_drawn())
      text += "counts from " + core::to_string(market::contracts::first_day(contract, version, *clause)) + "\n";
    if (clause->is<market::kinds::Commit>()) {  // a schedule is cut to its version's dates, and its periods count from
                                                // there
      if (const core::SimTime begin = std::max(clause->from, version.effective); begin < from)
        text += "counts from " + core::to_string(begin) + "\n";
      if (version.ends < clause->until) text += "over on " + core::to_string(version.ends) + "\n";
    }
    if (counts_from_its_version(*clause)) text += "counts from " + core::to_string(version.effective) + "\n";
  }
  return text;
}

void add_contract(core::Sha256& hash, const Items& items, const market::CompiledScenario& compiled, std::size_t index) {
  const market::RunParameters& run = compiled.parameters.run;
  const market::Contract& contract =
      compiled.parameters.contracts[index];  // as written: the registry's rollouts have dates
  std::set<core::SimTime> dates{run.start};
  for (const auto& version : contract.versions)
    for (const auto date : {version.effective, version.ends, contract.terminated})
      if (date > run.start && date < run.end) dates.insert(date);
  std::string before, stated;  // a contract without a clause in force at any time counts as absent
  for (auto date = dates.begin(); date != dates.end(); ++date) {
    const market::VersionId at = market::contracts::version_in_force(contract, *date);
    const core::SimTime until = std::next(date) == dates.end() ? run.end : *std::next(date);
    std::string now;
    if (at.exists()) {
      const auto& version = contract[at];
      now = clauses_text(items, "contracts." + contract.name + ".versions." + version.name, contract, version, *date,
                         until);
    }
    if (now == before) continue;
    before = now;
    stated += "from " + core::to_string(*date) + "\n" + now;
  }
  if (!stated.empty()) hash.update_field(contract.name + "\n" + stated);
}

/// The version for whose signature the clause waits, or "".
std::string awaited_by(const Clause& clause) {
  return market::visit_terms(clause, []<class K>(const K& terms) -> std::string {
    if constexpr (std::is_base_of_v<market::kinds::Milestones, K>)
      return terms.after;
    else
      return {};
  });
}

/// A tranche may wait for a signature, which has no other effect while its version is not yet, or never, in force.
void add_signatures(core::Sha256& hash, const market::Registry& registry) {
  std::set<std::string> awaited;
  for (const auto& contract : registry.contracts())
    for (const auto& version : contract.versions)
      for (const auto& clause : version.clauses)
        if (const std::string& after = awaited_by(clause); clause.enabled && !after.empty()) awaited.insert(after);
  for (const auto& contract : registry.contracts())
    for (const auto& version : contract.versions)
      if (const std::string name = contract.name + "/" + version.name; awaited.count(name) > 0)
        hash.update_field(name + " signed " + core::to_string(version.signed_on));
}

/// Where market events change contracts, clauses that are disabled, barred or over may still take effect.
bool contracts_may_change(const market::CompiledScenario& compiled) {
  return std::any_of(compiled.money.begin(), compiled.money.end(), [&compiled](const market::PaymentClause& m) {
    return market::contracts::is_watched(compiled.clause_of(m));
  });
}

/// Which contract breaks which: damages follow even where no sale was barred. For a breach that began before the run
/// its date does not matter.
void add_breaches(core::Sha256& hash, const market::Registry& registry, const market::RunParameters& run) {
  std::set<std::string> stated;  // by names: the order in a file has no meaning
  const auto name = [&](market::ContractId contract) {
    return market::contract_at(registry.contracts(), contract).name;
  };
  for (const auto& breach : registry.breaches())
    if (breach.from < run.end && breach.until > run.start)
      stated.insert(name(breach.by) + " breaks " + name(breach.broken) +
                    (breach.from < run.start ? "" : " from " + core::to_string(breach.from)) + " until " +
                    core::to_string(std::min(breach.until, run.end)));
  for (const auto& one : stated) hash.update_field(one);
}

/// Fees of notices, also for a contract that ends on the first day and is never in force in the run.
void add_notices(core::Sha256& hash, const market::Registry& registry, const market::RunParameters& run) {
  std::set<std::string> stated;
  for (const auto& contract : registry.contracts())
    for (const auto& version : contract.versions)
      for (const auto& clause : version.clauses)
        if (const auto* left = clause.get_if<market::kinds::Termination>();
            market::contracts::notice_counts(contract, version, clause) && left->exercised >= run.start &&
            left->exercised < run.end)
          stated.insert(contract.name + "/" + clause.name + " left on " + core::to_string(left->exercised) + " by " +
                        left->payer + " for " +
                        std::to_string(market::Money::from_usd(left->amount_usd).tenthousandths()) + " to " +
                        left->payee + ", over on " + core::to_string(contract.terminated));
  for (const auto& one : stated) hash.update_field(one);
}

template <class Number>
void add_number(core::Sha256& hash, Number value) {
  hash.update(&value, sizeof value);
}

/// What will be owed is backlog of a cloud from its signature on, and money that is promised to a lab counts in its
/// budget, in force in the run or not.
void add_promises(core::Sha256& hash, const market::Registry& registry, const Items& items, core::SimTime start) {
  std::vector<std::string> promises;
  for (const auto& contract : registry.contracts())
    for (const auto& version : contract.versions)
      for (const auto& clause : version.clauses) {
        if (!clause.enabled || !(clause.is<market::kinds::Commit>() || clause.is<market::kinds::Reservation>() ||
                                 clause.is<market::kinds::Tranche>()))
          continue;
        const std::string path = contract.name + ".versions." + version.name;
        promises.push_back(contract.name + "/" + clause.name + " signed " +
                           core::to_string(std::max(version.signed_on, start)) + ", " +
                           core::to_string(version.effective) + " to " + core::to_string(version.ends) + ", over on " +
                           core::to_string(contract.terminated) + ": " +
                           below(items, "contracts." + path + ".clauses." + clause.name + "."));
      }
  std::sort(promises.begin(), promises.end());
  for (const std::string& one : promises) hash.update_field(one);
}

/// Where windows begin at other times than contracts change, a date inside a window cuts its clearing, in force or not.
void add_cuts(core::Sha256& hash, const market::CompiledScenario& compiled) {
  const market::RunParameters& run = compiled.parameters.run;
  for (const core::SimTime date : market::cutting_dates(compiled))
    if ((date - run.start) % run.window != core::SimDuration{0}) hash.update_field("cut on " + core::to_string(date));
}

void add_feasibility(core::Sha256& hash, const std::vector<market::AccessInterval>& access) {
  for (const auto& interval : access) {
    add_number(hash, interval.from.time_since_epoch().count());
    for (const auto& cell : interval.cells) {
      add_number(hash, cell.state);
      add_number(hash, cell.host.number());
      add_number(hash, cell.hosts.bits());
      add_number(hash, cell.allowlist);
      add_number(hash, cell.token_cap);
      add_number(hash, cell.since.time_since_epoch().count());
      add_number(hash, cell.served_until.time_since_epoch().count());
    }
    for (const auto hosts : interval.stream_hosts) add_number(hash, hosts.bits());
    for (const auto hosts : interval.lab_hosts) add_number(hash, hosts.bits());
  }
}

/// Customers who become aware of what a lab's contracts permit do so from a signature on, whenever it opens.
void add_announcements(core::Sha256& hash, const market::CompiledScenario& compiled) {
  const market::RunParameters& run = compiled.parameters.run;
  if (compiled.parameters.choice.belief_lag <= core::SimDuration{0}) return;
  std::vector<core::SimTime> dates{run.start};
  for (const core::SimTime date : compiled.registry.breakpoints())
    if (date > run.start && date < run.end) dates.push_back(date);
  for (const market::LabId lab : compiled.parameters.labs.ids()) {
    core::SimTime before = core::kNever;
    for (const core::SimTime date : dates) {
      const core::SimTime known = market::last_signature(compiled, lab, date);
      if (std::exchange(before, known) == known) continue;
      hash.update_field(compiled.parameters.labs[lab].name + " from " + core::to_string(date) + " known since " +
                        core::to_string(known));
    }
  }
}

void add_outside_contracts(core::Sha256& hash, const Items& items) {
  for (const auto& item : items)
    if (!item.path.starts_with("contracts.") && !is_prose(item.path)) hash.update_field(item.path + "=" + item.value);
}

}  // namespace

std::string outside_contracts_digest(const scenario::Scenario& scenario) {
  core::Sha256 hash;
  add_outside_contracts(hash, scenario.items(true));
  return hash.hex();
}

std::string terms_digest(const scenario::Scenario& scenario) {
  const Items items = scenario.items(true);
  const market::Regime regime = market::build_regime(scenario.parameters());
  const market::CompiledScenario& compiled = regime.compiled;
  if (contracts_may_change(compiled)) return scenario.digest();
  core::Sha256 hash;
  add_outside_contracts(hash, items);
  for (const auto& a : compiled.alternatives) {
    add_number(hash, a.key);
    add_number(hash, a.product);
  }
  add_feasibility(hash, regime.access);
  add_signatures(hash, compiled.registry);
  add_promises(hash, compiled.registry, items, compiled.parameters.run.start);
  add_breaches(hash, compiled.registry, compiled.parameters.run);
  add_notices(hash, compiled.registry, compiled.parameters.run);
  add_cuts(hash, compiled);
  add_announcements(hash, compiled);
  std::vector<std::size_t> order(compiled.registry.contracts().size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return compiled.registry.contracts()[a].name < compiled.registry.contracts()[b].name;
  });
  for (const std::size_t i : order) add_contract(hash, items, compiled, i);
  return hash.hex();
}

}  // namespace rackrate::study
