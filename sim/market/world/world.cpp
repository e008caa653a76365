#include "sim/market/world/world.hpp"

#include <algorithm>
#include <utility>

#include "sim/market/enterprise/process.hpp"
#include "sim/market/negotiation/appraisal.hpp"
#include "sim/market/negotiation/resale_talks.hpp"
#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/supply/power_authority.hpp"

namespace rackrate::market {

void World::run_until(core::SimTime until, engine::Executor& executor, Observer* observer,
                      const std::atomic<bool>* stop, engine::Profile* profile) {
  observer_ = observer;
  try {
    (void)simulator_.run(*this, {.until = std::min(until, exchange_.end), .stop = stop, .profile = profile}, executor);
    if (now() == exchange_.end && now() != next_boundary()) {  // the last window is cut, and no barrier follows
      announce_window(now());
      announce_findings(std::exchange(registry_.pending, {}));
    }
  } catch (...) {
    observer_ = nullptr;
    throw;
  }
  observer_ = nullptr;
}

void World::end_at(core::SimTime end) {
  exchange_.end = std::max(exchange_.booked_until, std::min(end, regime_->compiled.parameters.run.end));
}

void World::force_review(EnterpriseId enterprise, WorkloadId workload, core::SimTime t) {
  market::post(simulator_, regime_->directory.of(enterprise), {t, TriggeredReview{workload, 0}});
}

void World::handle(Context& context, const Event& event) {
  const MarketView view = this->view();
  const auto& d = regime_->directory;
  const ProcessId target = event.target;
  if (const auto enterprise = d.enterprise(target); enterprise.exists())
    handle_enterprise(enterprises_, enterprise, view, offers_, decisions_, context, event);
  else if (const auto lab = d.lab(target); lab.exists())
    handle_lab(labs_[lab], view, context, event);
  else if (const auto pool = d.pool(target); pool.exists())
    handle_pool(pools_[pool], view, context, event);
  else if (const auto cloud = d.cloud(target); cloud.exists())
    handle_headquarters(headquarters_[cloud], view, context, event);
  else if (const auto vendor = d.vendor(target); vendor.exists())
    handle_vendor(vendors_[vendor], view, context, event);
  else if (target == d.exchange)
    handle_exchange(exchange_, view, context, event, observer_);
  else if (target == d.statistics)
    handle_statistics(statistics_, context, event);
  else if (target == d.power)
    handle_power_authority(view, context, event);
  else
    handle_registry(registry_, view, context, event);
}

core::SimDuration World::min_delay(ProcessId from, ProcessId to) const {
  const auto& d = regime_->directory;
  const auto& p = regime_->compiled.parameters;
  if (d.cloud(from).exists() && d.vendor(to).exists()) return kOrderDelay;
  if (from == d.power) return core::days(site_phase_days(p.sites.lead_min_days).front());
  return core::SimDuration{0};  // the next window, which the engine asks of every message
}

void World::at_barrier(core::SimTime window_end) {
  advance(registry_.awareness, board_.as_of, window_end);
  advance(seats_, view(), board_.as_of, window_end);
  pull_.advance(regime_->compiled.parameters, board_, window_end);
  renegotiate(window_end);
  announce_window(window_end);
  take_pending_changes();
  hand_over_decisions();
  if (registry_.next) switch_regime(observer_);
  publish(window_end);
  close_plans(window_end);
  schedule_adopters();
}

/// Meetings of renegotiations, and talks over the rates of resales. They read all state, so they run alone between two
/// windows, with the board of the next window.
void World::renegotiate(core::SimTime window_end) {
  const auto& run = regime_->compiled.parameters.run;
  const CompiledScenario& coming = registry_.next ? registry_.next->compiled : regime_->compiled;
  if (window_end >= run.end) return;
  const core::SimTime start = window_end - run.window;
  const bool meetings = appraisal_due(registry_.watch.renegotiations, coming, start, window_end);
  const bool renewals = resale_talks_due(coming, start, window_end);
  if (!meetings && !renewals) return;
  publish(window_end);
  const MarketState market{*regime_, coming, exchange_, enterprises_, draws_, board_, window_end};
  if (meetings) market::renegotiate(registry_.watch.renegotiations, market, start, registry_.pending);
  if (renewals) hold_resale_talks(market, start, registry_.pending);
}

}  // namespace rackrate::market
