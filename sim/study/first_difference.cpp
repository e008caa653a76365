#include "sim/study/first_difference.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include "sim/market/exchange/clauses/drawdown.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/regime/awareness.hpp"
#include "sim/market/regime/regime_change.hpp"

namespace rackrate::study {
namespace {

using core::SimTime;
using market::Clause;
using market::CompiledScenario;
using market::Contract;
using market::Regime;
using market::Version;

/// The earliest date found so far.
class Earliest {
 public:
  void at(SimTime date) { date_ = std::min(date_, date); }
  [[nodiscard]] SimTime date() const { return date_; }

 private:
  SimTime date_ = core::kNever;
};

SimTime first_day_of(const Version& version) { return std::min(version.signed_on, version.effective); }
SimTime first_day_of(const Contract& contract) {
  SimTime first = core::kNever;
  for (const Version& version : contract.versions) first = std::min(first, first_day_of(version));
  return first;
}
/// Does the clause count from the day on which its version is signed? What will be owed is backlog of a cloud, and
/// money that is promised to a lab counts in its budget (exchange/facts/backlog.hpp, labs/finance.hpp).
bool counts_when_signed(const Clause& clause) {
  return clause.is<market::kinds::Commit>() || clause.is<market::kinds::Reservation>() ||
         clause.is<market::kinds::Tranche>();
}

SimTime first_day_of(const Version& version, const Clause& clause) {
  return counts_when_signed(clause) ? first_day_of(version) : std::max(version.effective, clause.from);
}

template <class Named>
const Named* find_named(const std::vector<Named>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

template <class Named>
std::vector<std::string> names_also_in(const std::vector<Named>& all, const std::vector<Named>& others) {
  std::vector<std::string> names;
  for (const Named& one : all)
    if (find_named(others, one.name) != nullptr) names.push_back(one.name);
  return names;
}

/// Do both list what they share in one order, each name once? Ties of seniority go by it.
template <class Named>
bool in_one_order(const std::vector<Named>& a, const std::vector<Named>& b) {
  auto names = names_also_in(a, b);
  if (names != names_also_in(b, a)) return false;
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}

/// Calls only(one) for what one list has alone, and both(a, b) for what both have under one name.
template <class Named, class Only, class Both>
void pair_by_name(const std::vector<Named>& a, const std::vector<Named>& b, Only only, Both both) {
  for (const Named& one : a)
    if (const Named* other = find_named(b, one.name); other != nullptr)
      both(one, *other);
    else
      only(one);
  for (const Named& one : b)
    if (find_named(a, one.name) == nullptr) only(one);
}

bool same_header(const Version& a, const Version& b) {
  return a.signed_on == b.signed_on && a.effective == b.effective && a.ends == b.ends && a.conflict == b.conflict;
}

/// A kind defined outside may read all of its version.
bool has_custom(const Version& version) {
  return std::any_of(version.clauses.begin(), version.clauses.end(),
                     [](const Clause& clause) { return clause.is<market::kinds::Custom>(); });
}

void compare_versions(const Version& a, const Version& b, Earliest& first) {
  if (a == b) return;
  if (!same_header(a, b) || has_custom(a) || has_custom(b) || !in_one_order(a.clauses, b.clauses)) {
    first.at(first_day_of(a));
    first.at(first_day_of(b));
    return;
  }
  pair_by_name(
      a.clauses, b.clauses, [&](const Clause& one) { first.at(first_day_of(a, one)); },
      [&](const Clause& here, const Clause& there) {
        if (here == there) return;
        first.at(first_day_of(a, here));
        first.at(first_day_of(b, there));
      });
}

void compare_contracts(const Contract& a, const Contract& b, Earliest& first) {
  if (a == b) return;
  if (a.parties != b.parties || a.terminated != b.terminated || !in_one_order(a.versions, b.versions)) {
    first.at(first_day_of(a));
    first.at(first_day_of(b));
    return;
  }
  pair_by_name(
      a.versions, b.versions, [&](const Version& one) { first.at(first_day_of(one)); },
      [&](const Version& here, const Version& there) { compare_versions(here, there, first); });
}

void compare_all_contracts(const CompiledScenario& a, const CompiledScenario& b, Earliest& first) {
  const auto &here = a.parameters.contracts, &there = b.parameters.contracts;
  if (!in_one_order(here, there)) first.at(core::kAlways);
  pair_by_name(
      here, there, [&](const Contract& one) { first.at(first_day_of(one)); },
      [&](const Contract& x, const Contract& y) { compare_contracts(x, y, first); });
  // Whether anything is ever drawn decides what is counted from the first day on.
  if (market::any_drawdown(a) != market::any_drawdown(b)) first.at(core::kAlways);
}

/// Dates in the run at which the exchange cuts an interval, whatever is in force then.
void compare_cuts(const CompiledScenario& a, const CompiledScenario& b, Earliest& first) {
  const auto here = market::cutting_dates(a), there = market::cutting_dates(b);
  std::vector<SimTime> alone;
  std::set_symmetric_difference(here.begin(), here.end(), there.begin(), there.end(), std::back_inserter(alone));
  if (!alone.empty()) first.at(alone.front());
}

/// The same permissions for everything that both can sell, and none for what only one can?
bool same_answers(const market::AccessInterval& a, const market::AccessInterval& b, const market::RegimeMove& move) {
  if (a.stream_hosts != b.stream_hosts) return false;
  std::size_t open = 0;
  for (const market::CellId cell : a.cells.ids()) {
    const market::CellId to = move.cell[cell];
    if (to.exists() ? a.cells[cell] != b.cells[to] : a.cells[cell].state != market::Permission::No) return false;
    if (a.cells[cell].state != market::Permission::No) ++open;
  }
  const auto open_there = std::count_if(b.cells.begin(), b.cells.end(), [](const market::Access& access) {
    return access.state != market::Permission::No;
  });
  return open == static_cast<std::size_t>(open_there);
}

void compare_access(const Regime& a, const Regime& b, const market::RegimeMove& move, Earliest& first) {
  std::vector<SimTime> dates;
  for (const Regime* regime : {&a, &b})
    for (const auto& interval : regime->access) dates.push_back(interval.from);
  std::sort(dates.begin(), dates.end());
  for (const SimTime date : dates) {
    if (date >= first.date()) return;
    if (!same_answers(market::access_at(a.access, date), market::access_at(b.access, date), move)) first.at(date);
  }
}

/// Contradictions are told on the day on which they begin, with the day on which they end.
void compare_conflicts(const CompiledScenario& a, const CompiledScenario& b, Earliest& first) {
  const auto alone = [&](const std::vector<market::Conflict>& all, const std::vector<market::Conflict>& others) {
    const auto key = [](const market::Conflict& c) {
      return std::tie(c.kind, c.senior, c.junior, c.from, c.until, c.sentence);
    };
    for (const auto& one : all)
      if (std::none_of(others.begin(), others.end(), [&](const auto& other) { return key(one) == key(other); }))
        first.at(one.from);
  };
  alone(a.registry.conflicts(), b.registry.conflicts());
  alone(b.registry.conflicts(), a.registry.conflicts());
}

/// What customers may know in advance: a stretch counts from its announcement.
void compare_announcements(const Regime& a, const Regime& b, const market::RegimeMove& move, Earliest& first) {
  if (a.compiled.parameters.choice.belief_lag <= core::SimDuration{0}) return;
  const auto here = market::find_openings(a.compiled, a.access);
  auto there = market::find_openings(b.compiled, b.access);
  const auto count = [&](const std::vector<market::Opening>& openings) {
    for (const auto& one : openings) first.at(one.announced);
  };
  const auto same = [](const market::Opening& x, const market::Opening& y) {
    return x.announced == y.announced && x.from == y.from && x.until == y.until;
  };
  for (const market::AlternativeId from : here.ids()) {
    const market::AlternativeId to = move.alternative[from];
    std::vector<market::Opening> other;
    if (to.exists()) std::swap(other, there[to]);
    if (std::equal(here[from].begin(), here[from].end(), other.begin(), other.end(), same)) continue;
    count(here[from]);
    count(other);
  }
  for (const auto& openings : there) count(openings);  // of what only this one can sell
}

}  // namespace

SimTime first_difference(const Regime& a, const Regime& b) {
  Earliest first;
  compare_all_contracts(a.compiled, b.compiled, first);
  if (first.date() <= a.compiled.parameters.run.start) return first.date();
  compare_cuts(a.compiled, b.compiled, first);
  compare_conflicts(a.compiled, b.compiled, first);
  const market::RegimeMove move = market::find_move(a.compiled, b.compiled);
  compare_announcements(a, b, move, first);
  compare_access(a, b, move, first);
  return first.date();
}

}  // namespace rackrate::study
