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

/// What the registry found in the window is reported and applied to the contracts.
void World::take_pending_changes() {
  PendingChanges found = std::move(registry_.found);
  registry_.found = {};
  announce_findings(found);
  if (found.changes.empty()) return;
  registry_.changes.insert(registry_.changes.end(), found.changes.begin(), found.changes.end());
  recompile(registry_);
}

void World::recompile(RegistryState& registry) const {
  const Regime& before = registry.next ? *registry.next : *regime_;
  // Until now nothing had changed, so the regime still has the scenario's own contracts.
  if (!registry.scripted) registry.scripted = std::make_shared<const Parameters>(regime_->compiled.parameters);
  registry.next = next_regime(before, live_parameters(registry, draws_));
}

void World::restate(const Parameters& parameters, Observer* observer) {
  RegistryState registry = registry_;
  registry.scripted = std::make_shared<const Parameters>(parameters);
  recompile(registry);
  registry_ = std::move(registry);
  if (now() == next_boundary()) switch_regime(observer);
}

void World::change(const contracts::ContractChange& change, Observer* observer) {
  RegistryState registry = registry_;
  registry.changes.push_back(change);
  recompile(registry);
  registry_ = std::move(registry);
  if (now() == next_boundary()) switch_regime(observer);
}

/// Alone between two windows: every index that a contract decides is moved before any process reads it again.
void World::switch_regime(Observer* observer) {
  const auto next = std::move(registry_.next);
  registry_.next = nullptr;
  const RegimeMove move = find_move(regime_->compiled, next->compiled);
  move_exchange(exchange_, move, *regime_, next->compiled, now());
  for (auto& enterprise : enterprises_) move_enterprise(enterprise, move);
  restate_awareness(registry_.awareness, move.alternative, next->compiled, next->access);
  if (observer != nullptr && next->compiled.money_labels != regime_->compiled.money_labels)
    observer->on_money_labels(next->compiled.money_labels);
  if (observer != nullptr) announce_changes(regime_->compiled.registry, next->compiled.registry, *observer);
  regime_ = next;
  post_breakpoints();
  schedule_scan();
  publish(now());
}

void World::post_breakpoints() {
  auto& announced = registry_.announced;
  for (std::size_t k = 1; k < regime_->access.size(); ++k) {
    const auto from = regime_->access[k].from;
    if (from < now() || std::find(announced.begin(), announced.end(), from) != announced.end()) continue;
    announced.push_back(from);
    market::post(simulator_, regime_->directory.registry, {from, Breakpoint{}});
  }
}

/// A run whose contracts have nothing to watch has no such event.
void World::schedule_scan() {
  if (registry_.watch.scheduled || !has_watched_clauses(regime_->compiled) ||
      next_boundary() >= regime_->compiled.parameters.run.end)
    return;
  registry_.watch.scheduled = true;
  market::post(simulator_, regime_->directory.registry, {next_boundary(), ScanContracts{}});
}

}  // namespace rackrate::market
