#include "sim/market/world/world.hpp"

#include <algorithm>
#include <utility>

#include "sim/market/enterprise/process.hpp"
#include "sim/market/negotiation/appraisal.hpp"
#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/supply/power_authority.hpp"

namespace rackrate::market {
namespace {

/// An order takes a week to reach a vendor (MODEL section 2).
constexpr core::SimDuration kOrderDelay = core::kDay * 7;

}  // namespace

void World::run_until(core::SimTime until, engine::Executor& executor, Observer* observer,
                      const std::atomic<bool>* stop, engine::Profile* profile) {
  observer_ = observer;
  try {
    (void)simulator_.run(*this, {.until = std::min(until, exchange_.end), .stop = stop, .profile = profile}, executor);
    if (now() == exchange_.end && now() != next_boundary()) {  // the last window is cut, and no barrier follows
      announce_window(now());
      announce_findings(std::exchange(registry_.found, {}));
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

void World::force_review(std::size_t enterprise, std::size_t workload, core::SimTime t) {
  simulator_.post(regime_->directory.first_enterprise + static_cast<ProcessId>(enterprise), t,
                  static_cast<std::uint16_t>(Kind::TriggeredReview),
                  pack(WorkloadIndex{static_cast<std::int32_t>(workload), 0}), priority::kDecision);
}

void World::handle(Context& context, const Event& event) {
  const MarketView view = this->view();
  const auto& d = regime_->directory;
  const ProcessId target = event.target;
  if (target >= d.first_enterprise)
    handle_enterprise(enterprises_[target - d.first_enterprise], view, context, event);
  else if (target >= d.first_lab)
    handle_lab(labs_[target - d.first_lab], view, context, event);
  else if (target >= d.first_pool)
    handle_pool(pools_[target - d.first_pool], view, context, event);
  else if (target >= d.first_cloud)
    handle_headquarters(headquarters_[target - d.first_cloud], view, context, event);
  else if (target >= d.first_vendor)
    handle_vendor(vendors_[target - d.first_vendor], view, context, event);
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
  const auto is = [&](ProcessId process, ProcessId first, ProcessId end) { return process >= first && process < end; };
  if (is(from, d.first_cloud, d.first_pool) && is(to, d.first_vendor, d.first_cloud)) return kOrderDelay;
  if (is(from, d.first_vendor, d.first_cloud) && is(to, d.first_pool, d.first_lab))
    return core::days(p.vendors[from - d.first_vendor].lead_min_days);
  if (from == d.power) return core::days(site_phase_days(p.sites.lead_min_days).front());
  return core::SimDuration{0};  // the next window, which the engine asks of every message
}

void World::at_barrier(core::SimTime window_end) {
  advance(registry_.awareness, board_.as_of, window_end);
  renegotiate(window_end);
  announce_window(window_end);
  take_pending_changes();
  if (registry_.next) switch_regime(observer_);
  publish(window_end);
}

/// Alone between two windows, all state may be read: talks are held with the board as the next window will see it.
void World::renegotiate(core::SimTime window_end) {
  const auto& run = regime_->compiled.parameters.run;
  const CompiledScenario& coming = registry_.next ? registry_.next->compiled : regime_->compiled;
  if (window_end >= run.end || !appraises(registry_.watch.talks, coming, window_end - run.window, window_end)) return;
  publish(window_end);
  market::renegotiate(registry_.watch.talks, {*regime_, coming, exchange_, enterprises_, draws_, board_, window_end},
                      window_end - run.window, registry_.found);
}

}  // namespace rackrate::market
