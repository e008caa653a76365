#include <algorithm>
#include <cassert>
#include <span>
#include <tuple>

#include "sim/market/contracts/cell.hpp"
#include "sim/market/contracts/registry.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/ship_first.hpp"

namespace rackrate::market {

namespace {

using contracts::Action;
using contracts::ActorId;
using contracts::BreakId;
using contracts::Cell;
using contracts::Compiled;
using contracts::covers;
using contracts::Probe;
using contracts::Rule;
using contracts::RuleId;

Probe probe_of(const Compiled& compiled, const Tuple& tuple) {
  return {tuple.segment.exists() ? tuple.segment : compiled.segment_in_general,
          tuple.region.exists() ? tuple.region : compiled.region_in_general, tuple.product, tuple.model_class};
}

Verdict denied(Step step, Role role, const Rule* by, bool conflict) {
  Verdict verdict;
  verdict.step = step;
  verdict.role = role;
  verdict.conflict = conflict;
  if (by != nullptr) verdict.by = by->clause;
  return verdict;
}

/// The first rule of this action that concerns the actor: a grant, or a ban.
const Rule* find_rule(const Cell& cell, Action action, const Probe& probe, ActorId actor) {
  for (const RuleId r : cell.rules(action))
    if (covers(cell.rule(r), probe, actor)) return &cell.rule(r);
  return nullptr;
}

struct Barring {
  const Rule* senior = nullptr;  ///< the exclusive that prevails, if any covers the tuple
  bool conflict = false;
};

/// Rules come in ascending seniority, so the first that covers the tuple prevails.
Barring find_exclusive(const Cell& cell, const Probe& probe, ActorId actor) {
  Barring found;
  for (const RuleId r : cell.rules(Action::Bar)) {
    const Rule& rule = cell.rule(r);
    if (!cell.applies(rule, probe, actor)) continue;
    if (found.senior == nullptr)
      found.senior = &rule;
    else if (rule.holder != found.senior->holder)
      found.conflict = true;
  }
  return found;
}

core::SimTime opens_to_rivals(const Rule& rule, const Release& release) {
  return contracts::rival_earliest({rule.lead, rule.cure, rule.reading}, release);
}

/// The ship-first clause that keeps a rival waiting longest, if any does at t.
const Rule* find_delay(const Cell& cell, const Probe& probe, ActorId actor, core::SimTime t, const Release& release) {
  const Rule* longest = nullptr;
  for (const RuleId r : cell.rules(Action::Delay)) {
    const Rule& rule = cell.rule(r);
    if (rule.holder == actor || !cell.applies(rule, probe, actor)) continue;
    if (t >= opens_to_rivals(rule, release)) continue;
    if (longest == nullptr || opens_to_rivals(rule, release) > opens_to_rivals(*longest, release)) longest = &rule;
  }
  return longest;
}

/// Folds one role's rollouts into the verdict: the least advanced regime wins, then the smaller
/// allowlist; allowlist and token cap are each the least of all that apply.
void apply_rollouts(const Cell& cell, const Probe& probe, Role role, ActorId actor, core::SimTime t, Verdict& verdict) {
  for (const RuleId r : cell.rules(Action::Regime)) {
    const Rule& rule = cell.rule(r);
    if (!covers(rule, probe, actor)) continue;
    const Permission regime = t < rule.preview   ? Permission::No
                              : t < rule.general ? Permission::Preview
                                                 : Permission::Ga;
    if (regime == Permission::Ga) continue;
    const bool first_preview =
        regime == Permission::Preview && verdict.state == Permission::Preview && rule.allowlist < verdict.allowlist;
    if (regime < verdict.state || first_preview) {
      verdict.state = regime;
      verdict.step = Step::Rollout;
      verdict.role = role;
      verdict.by = rule.clause;
    }
    verdict.allowlist = std::min(verdict.allowlist, rule.allowlist);
    verdict.token_cap = std::min(verdict.token_cap, rule.token_cap);
  }
}

}  // namespace

Verdict Registry::decide(const Tuple& asked, core::SimTime t, const Release& release) const {
  const std::span<const Role> roles = contracts::roles_of(asked.product);
  if (!core::within(asked.lab, compiled_.labs)) return denied(Step::Grant, roles.front(), nullptr, false);
  const Tuple tuple = with_defaults(asked);
  assert(tuple.segment <= compiled_.segment_in_general && tuple.region <= compiled_.region_in_general &&
         "an index outside the vocabulary");
  const Probe probe = probe_of(compiled_, tuple);
  const BreakId interval = interval_at(t);
  const auto own = [&](Role role) {
    return role == Role::Channel && tuple.channel.exists() && contracts::actor_of(role, tuple) == compiled_.own_channel;
  };

  for (const Role role : roles)  // a ban binds the lab's own channel too
    if (const Rule* ban = find_rule(Cell(compiled_, interval, tuple.lab, role), Action::Forbid, probe,
                                    contracts::actor_of(role, tuple)))
      return denied(Step::Regulator, role, ban, false);

  Verdict verdict;
  verdict.state = Permission::Ga;
  for (const Role role : roles) {
    if (own(role)) continue;
    const ActorId actor = contracts::actor_of(role, tuple);
    const Cell cell(compiled_, interval, tuple.lab, role);
    const Rule* grant = find_rule(cell, Action::Permit, probe, actor);
    if (grant == nullptr) return denied(Step::Grant, role, nullptr, verdict.conflict);
    const Barring bar = find_exclusive(cell, probe, actor);
    if (bar.senior != nullptr && bar.senior->holder != actor)
      return denied(Step::Exclusive, role, bar.senior, verdict.conflict || bar.conflict);
    if (bar.conflict || !verdict.conflict) {
      verdict.role = role;
      verdict.by = (bar.conflict ? bar.senior : grant)->clause;
    }
    verdict.conflict = verdict.conflict || bar.conflict;
  }
  for (const Role role : roles) {
    if (own(role)) continue;
    const Cell cell(compiled_, interval, tuple.lab, role);
    if (const Rule* delay = find_delay(cell, probe, contracts::actor_of(role, tuple), t, release))
      return denied(Step::ShipFirst, role, delay, verdict.conflict);
  }
  for (const Role role : roles) {
    apply_rollouts(Cell(compiled_, interval, tuple.lab, role), probe, role, contracts::actor_of(role, tuple), t,
                   verdict);
  }
  if (verdict.state == Permission::No) verdict.allowlist = verdict.token_cap = 1.0;
  return verdict;
}

Registry::Obstacles Registry::obstacles(const Tuple& tuple, Role role, core::SimTime t) const {
  const Probe probe = probe_of(compiled_, tuple);
  const BreakId interval = interval_at(t);
  const Cell cell(compiled_, interval, tuple.lab, role);
  const ActorId actor = contracts::actor_of(role, tuple);
  Obstacles found;
  found.barred = find_rule(cell, Action::Forbid, probe, actor) != nullptr;
  std::vector<const Rule*> bars;
  for (const RuleId r : cell.rules(Action::Bar))
    if (cell.applies(cell.rule(r), probe, actor)) bars.push_back(&cell.rule(r));
  const auto is_refusal = [this](const Rule& rule) { return clause(rule.clause).is<kinds::Rofr>(); };
  // A waiver lifts whatever its own contract bars here; the first that is left decides, as in decide().
  for (const Rule* bar : bars) {
    if (found.barred || bar->holder == actor) break;
    bool waivable = false;
    for (const Rule* other : bars)
      if (other->clause.contract == bar->clause.contract && is_refusal(*other)) {
        waivable = true;
        if (std::find(found.refusals.begin(), found.refusals.end(), other->clause) == found.refusals.end())
          found.refusals.push_back(other->clause);
      }
    if (!waivable) found.barred = true;
  }
  if (found.barred) found.refusals.clear();
  return found;
}

Registry::Span Registry::span(const Tuple& tuple, core::SimTime t, const Release& release) const {
  std::vector<core::SimTime> dates = breakpoints_;
  for (const Rule& rule : compiled_.rules)
    if (rule.action == Action::Delay) {
      const core::SimTime opens = opens_to_rivals(rule, release);
      if (opens > core::kAlways && opens < core::kNever) dates.push_back(opens);
    }
  std::sort(dates.begin(), dates.end());
  const auto answer = [&](core::SimTime at) {
    const Verdict v = decide(tuple, at, release);
    return std::tuple(v.state, v.step, v.step == Step::None ? Role::Host : v.role);
  };
  const auto now = answer(t);
  const auto next = std::upper_bound(dates.begin(), dates.end(), t);
  Span span{core::kAlways, core::kNever};
  for (auto d = next; d != dates.end(); ++d)
    if (answer(*d) != now) {
      span.until = *d;
      break;
    }
  for (auto d = next; d != dates.begin();) {
    --d;  // *d is the start of a stretch with the present answer; does the stretch before differ?
    if (answer(*d - core::SimDuration{1}) != now) {
      span.since = *d;
      break;
    }
  }
  return span;
}

}  // namespace rackrate::market
