#include "sim/market/world/world.hpp"

#include <algorithm>
#include <utility>

#include "sim/market/enterprise/move.hpp"
#include "sim/market/exchange/move.hpp"
#include "sim/market/regime/regime_change.hpp"

namespace rackrate::market {

core::SimTime World::next_boundary() const {
  const auto& run = regime_->compiled.parameters.run;
  const auto windows = (now() - run.start + run.window - core::SimDuration{1}) / run.window;
  return run.start + windows * run.window;
}

/// Reports what the registry found in the window and applies it to the contracts.
void World::take_pending_changes() {
  PendingChanges pending = std::move(registry_.pending);
  registry_.pending = {};
  announce_findings(pending);
  if (pending.changes.empty()) return;
  registry_.changes.insert(registry_.changes.end(), pending.changes.begin(), pending.changes.end());
  recompile(registry_);
}

void World::recompile(RegistryState& registry) const {
  const Regime& before = registry.next ? *registry.next : *regime_;
  // First change of the run: the regime still has the scenario's own contracts.
  if (!registry.scripted) registry.scripted = std::make_shared<const Parameters>(regime_->compiled.parameters);
  registry.next = next_regime(before, amended_parameters(registry, draws_));
}

void World::continue_under(const Parameters& parameters, Observer* observer) {
  RegistryState registry = registry_;
  registry.scripted = std::make_shared<const Parameters>(parameters);
  recompile(registry);
  registry_ = std::move(registry);
  if (now() == next_boundary()) switch_regime(observer);
}

void World::apply_change(const contracts::ContractChange& change, Observer* observer) {
  RegistryState registry = registry_;
  registry.changes.push_back(change);
  recompile(registry);
  registry_ = std::move(registry);
  if (now() == next_boundary()) switch_regime(observer);
}

/// The new contracts take effect. Runs alone between two windows.
void World::switch_regime(Observer* observer) {
  const auto next = std::move(registry_.next);
  registry_.next = nullptr;
  if (observer != nullptr && next->compiled.money_labels != regime_->compiled.money_labels)
    observer->on_money_labels(next->compiled.money_labels);
  if (observer != nullptr) announce_changes(regime_->compiled.registry, next->compiled.registry, *observer);
  move_to(next);
}

/// All state that is kept by an index of the old regime moves to the indices of the next one before any process reads
/// it again. Then the board is published anew.
void World::move_to(std::shared_ptr<const Regime> next) {
  const RegimeMove move = find_move(regime_->compiled, next->compiled);
  hand_over_decisions();  // they name the cells of this regime
  decisions_ = DecisionSums(next->compiled.cells.size(), next->compiled.parameters.segments.size(),
                            next->compiled.parameters.clouds.size());
  move_exchange(exchange_, move, regime_->compiled, next->compiled);
  move_enterprises(enterprises_, move);
  move_awareness(registry_.awareness, move.alternative, next->compiled, next->access);
  regime_ = std::move(next);
  schedule_breakpoints();
  schedule_scan();
  publish(now());
}

void World::continue_as(const std::shared_ptr<const Regime>& arm, Replay replay) {
  replay_ = std::move(replay);
  registry_.scripted = arm->written;
  move_to(arm);
}

void World::schedule_breakpoints() {
  auto& scheduled = registry_.scheduled_breakpoints;
  for (std::size_t k = 1; k < regime_->access.size(); ++k) {
    const auto from = regime_->access[k].from;
    if (from < now() || std::find(scheduled.begin(), scheduled.end(), from) != scheduled.end()) continue;
    scheduled.push_back(from);
    market::post(simulator_, regime_->directory.registry, {from, Breakpoint{}});
  }
}

/// Schedules the first scan of a run whose contracts have something to watch; each scan schedules the next.
void World::schedule_scan() {
  if (registry_.watch.scheduled || !has_watched_clauses(regime_->compiled) ||
      next_boundary() >= regime_->compiled.parameters.run.end)
    return;
  registry_.watch.scheduled = true;
  market::post(simulator_, regime_->directory.registry, {next_boundary(), ScanContracts{}});
}

}  // namespace rackrate::market
