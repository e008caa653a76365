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

void World::run_until(core::SimTime until, engine::Executor& executor, Observer* observer, const std::atomic<bool>* stop, engine::Profile* profile) {
  observer_ = observer;
  try {
    (void)simulator_.run(*this, {.until = std::min(until, exchange_.end), .stop = stop, .profile = profile}, executor);
    if (now() == exchange_.end && now() != next_boundary()) {   // the last window is cut, and no barrier follows
      tell_window(now());
      tell_findings(std::exchange(registry_.found, {}));
    }
  } catch (...) {
    observer_ = nullptr;
    throw;
  }
  observer_ = nullptr;
}

void World::end_at(core::SimTime end) {
  exchange_.end = std::max(exchange_.booked_until, std::min(end, stage_->setting.parameters.run.end));
}

void World::force_review(std::size_t enterprise, std::size_t workload, core::SimTime t) {
  simulator_.post(stage_->directory.first_enterprise + static_cast<ProcessId>(enterprise), t, static_cast<std::uint16_t>(Kind::TriggeredReview),
                  pack(WorkloadIndex{static_cast<std::int32_t>(workload), 0}), priority::kDecision);
}

void World::handle(Context& context, const Event& event) {
  const Scene scene = this->scene();
  const auto& d = stage_->directory;
  const ProcessId target = event.target;
  if (target >= d.first_enterprise)
    handle_enterprise(enterprises_[target - d.first_enterprise], scene, context, event);
  else if (target >= d.first_lab)
    handle_lab(labs_[target - d.first_lab], scene, context, event);
  else if (target >= d.first_pool)
    handle_pool(pools_[target - d.first_pool], scene, context, event);
  else if (target >= d.first_cloud)
    handle_headquarters(headquarters_[target - d.first_cloud], scene, context, event);
  else if (target >= d.first_vendor)
    handle_vendor(vendors_[target - d.first_vendor], scene, context, event);
  else if (target == d.exchange)
    handle_exchange(exchange_, scene, context, event, observer_);
  else if (target == d.statistics)
    handle_statistics(statistics_, context, event);
  else if (target == d.power)
    handle_power_authority(scene, context, event);
  else
    handle_registry(registry_, scene, context, event);
}

core::SimDuration World::min_delay(ProcessId from, ProcessId to) const {
  const auto& d = stage_->directory;
  const auto& p = stage_->setting.parameters;
  const auto is = [&](ProcessId process, ProcessId first, ProcessId end) { return process >= first && process < end; };
  if (is(from, d.first_cloud, d.first_pool) && is(to, d.first_vendor, d.first_cloud)) return kOrderDelay;
  if (is(from, d.first_vendor, d.first_cloud) && is(to, d.first_pool, d.first_lab))
    return core::days(p.vendors[from - d.first_vendor].lead_min_days);
  if (from == d.power) return core::days(site_phase_days(p.sites.lead_min_days).front());
  return core::SimDuration{0};   // the next window, which the engine asks of every message
}

void World::at_barrier(core::SimTime window_end) {
  advance(registry_.beliefs, board_.as_of, window_end);
  hold_talks(window_end);
  tell_window(window_end);
  take_findings();
  if (registry_.next) adopt_next_stage(observer_);
  publish(window_end);
}

/// Alone between two windows, all state may be read: talks are held with the board as the next window will see it.
void World::hold_talks(core::SimTime window_end) {
  const auto& run = stage_->setting.parameters.run;
  const Setting& coming = registry_.next ? registry_.next->setting : stage_->setting;
  if (window_end >= run.end || !appraises(registry_.watch.talks, coming, window_end - run.window, window_end)) return;
  publish(window_end);
  market::hold_talks(registry_.watch.talks, {*stage_, coming, exchange_, enterprises_, draws_, board_, window_end}, window_end - run.window, registry_.found);
}

}  // namespace rackrate::market
