#include "sim/market/world/world.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace rackrate::market {

void World::report(const Notice& notice) const {
  observer_->on_event({notice.time, notice.kind, notice.subject, notice.text});
}

template <class Owner>
void World::report_notices(const Owner& owner) const {
  for (const auto& notice : owner.notices) report(notice);
}

template <class Owner>
void World::report_decisions(const Owner& owner) const {
  for (const auto& decision : owner.decisions) observer_->on_decision(decision);
}

/// Reports what was paid for capital.
void World::announce_capital() {
  for (auto& pool : pools_) {
    if (observer_ != nullptr)
      for (const auto& payment : pool.payments) observer_->on_capital(payment);
    pool.payments.clear();
  }
}

/// Reports the plans of the months that end with this window or with the run, as of its end: shells are paid at a
/// month's last instant.
void World::close_plans(core::SimTime until) {
  const auto ends = [&](int month) {
    return core::month_start(month + 1) <= until || (until >= exchange_.end && core::month_start(month) < until);
  };
  for (; ends(plan_month_); ++plan_month_)
    for (auto& hq : headquarters_) {
      const CapitalPlanFact plan = close_month(hq, view(), plan_month_);
      if (observer_ != nullptr) observer_->on_capital_plan(plan);
    }
}

/// Did somebody who buys the lab there have the item when the window began?
bool World::has_item(LabId lab, ChannelId channel, Item item) const {
  const auto& s = regime_->compiled;
  const auto& access = view().access().cells;
  for (const AlternativeId a : s.alternatives.ids()) {
    if (s.alternatives[a].lab != lab || s.alternatives[a].channel != channel) continue;
    for (const CellId cell : s.cells.of(a))
      if (access[cell].state != Permission::No && (board_.missing.empty() || !board_.missing[cell].contains(item)))
        return true;
  }
  return false;
}

/// Reports items of integration that ship in the window. An item that ships to other buyers later is told once.
void World::announce_integration(core::SimTime until) const {
  std::map<std::tuple<LabId, ChannelId, Item>, core::SimTime> shipped;
  constexpr core::SimDuration kTick{1};  // what ships at the window's beginning was there then
  offers_.for_each_shipped(board_.as_of + kTick, until + kTick, [&](AlternativeId a, Item item, core::SimTime date) {
    const Alternative& alternative = regime_->compiled.alternatives[a];
    const auto [at, fresh] = shipped.try_emplace({alternative.lab, alternative.channel, item}, date);
    if (!fresh) at->second = std::min(at->second, date);
  });
  const auto& p = regime_->compiled.parameters;
  for (const auto& [what, date] : shipped) {
    const auto& [lab, channel, item] = what;
    if (has_item(lab, channel, item)) continue;
    const std::string pair = p.labs[lab].name + " through " + p.channels[channel].name;
    report({date, "integration", pair, std::string(name_of(item)) + " of " + pair + " ships"});
  }
}

/// Reports hits, flops and changes of growth. What happened in the window counts from the next one on.
void World::announce_demand(core::SimTime until) {
  if (observer_ != nullptr)
    for (const Notice& notice : demand_->notices(regime_->compiled.parameters, demand_reported_until_, until))
      report(notice);
  demand_reported_until_ = until;
}

/// Reports what happened in the window, up to `until`.
void World::announce_window(core::SimTime until) {
  if (observer_ != nullptr) {
    for (const auto& lab : labs_) report_notices(lab);
    for (const auto& hq : headquarters_) report_notices(hq);
    report_notices(exchange_);
    report_notices(registry_.pending);
    announce_versions(until);
    announce_integration(until);
    for (const auto& hq : headquarters_) report_decisions(hq);
    for (const auto& lab : labs_) report_decisions(lab);
  }
  announce_demand(until);
  announce_capital();
  for (auto& hq : headquarters_) hq.decisions.clear();
  for (auto& hq : headquarters_) hq.notices.clear();
  for (auto& lab : labs_) lab.decisions.clear();
  for (auto& lab : labs_) lab.notices.clear();
  exchange_.notices.clear();
}

void World::announce_findings(const PendingChanges& pending) const {
  if (observer_ == nullptr) return;
  for (const auto& milestone : pending.milestones)
    if (const auto label = index_of(regime_->compiled.money_labels.rows(), milestone.label))
      observer_->on_clause_date(LabelId(*label), milestone.time);
  for (const auto& gain : pending.gains)
    if (const auto label = index_of(regime_->compiled.money_labels.rows(), gain.label))
      observer_->on_appraisal(LabelId(*label), gain.time, gain.usd_per_year);
}

void World::announce_versions(core::SimTime until) {
  for (const auto& contract : regime_->compiled.parameters.contracts)
    for (const auto& version : contract.versions)
      if (version.effective > noticed_through_ && version.effective <= until &&
          version.effective < contract.terminated && version.effective > regime_->compiled.parameters.run.start)
        report({version.effective, "contract", contract.name, contract.name + " " + version.name + " takes effect"});
  for (const auto& conflict : regime_->compiled.registry.conflicts())  // the books report breaches
    if (conflict.kind != ConflictKind::Breach && conflict.from > noticed_through_ && conflict.from <= until)
      report({conflict.from, "conflict", conflict.junior, conflict.sentence});
  noticed_through_ = until;
}

/// Reports what a change adds at the boundary at which it takes effect: the versions of that day have been reported
/// already.
void World::announce_changes(const Registry& before, const Registry& after, Observer& observer) const {
  const auto had_version = [&before](const Contract& contract, const Version& version) {
    return std::any_of(before.contracts().begin(), before.contracts().end(), [&](const Contract& c) {
      return c.name == contract.name && std::any_of(c.versions.begin(), c.versions.end(), [&](const Version& v) {
               return v.name == version.name && v.effective == version.effective;
             });
    });
  };
  for (const auto& contract : after.contracts())
    for (const auto& version : contract.versions)
      if (version.effective <= noticed_through_ && version.effective < contract.terminated &&
          version.effective > regime_->compiled.parameters.run.start && !had_version(contract, version))
        observer.on_event(
            {version.effective, "contract", contract.name, contract.name + " " + version.name + " takes effect"});
  const auto had_conflict = [&before](const Conflict& conflict) {
    return std::any_of(before.conflicts().begin(), before.conflicts().end(), [&](const Conflict& c) {
      return c.kind == conflict.kind && c.senior == conflict.senior && c.junior == conflict.junior &&
             c.from <= conflict.from && conflict.from < c.until;
    });
  };
  for (const auto& conflict : after.conflicts())
    if (conflict.kind != ConflictKind::Breach && conflict.from <= noticed_through_ && !had_conflict(conflict))
      observer.on_event({conflict.from, "conflict", conflict.junior, conflict.sentence});
}

}  // namespace rackrate::market
