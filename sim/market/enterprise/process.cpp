#include "sim/market/enterprise/process.hpp"

#include "sim/core/math.hpp"
#include "sim/core/name_hash.hpp"
#include "sim/market/enterprise/choose.hpp"
#include "sim/market/enterprise/placement.hpp"
#include "sim/market/enterprise/population.hpp"

namespace rackrate::market {
namespace {

/// Chooses for a workload, places it, and sends the exchange what changed.
void review(Enterprise& e, Workload& w, const MarketView& view, const Offers& offers, Context& context) {
  place(e, w, choose(view, offers, e, w), view, context.window_end()).for_each_message([&](const auto& message) {
    send(context, view.regime.directory.exchange, message);
  });
}

/// The review clock ticks on, from its tick `epoch`.
void schedule_review(const Workload& w, WorkloadId id, const MarketView& view, Context& context) {
  schedule(context, context.now() + core::days(review_tick(view, w, w.epoch).gap_days), Review{id, w.epoch});
}

void on_workload(Enterprise& e, const MarketView& view, const Offers& offers, Context& context) {
  if (has_all_workloads(view.parameters().segments[e.segment], e)) return;
  const WorkloadId id = e.workloads.push_back(draw_workload(view, offers.mix(e.segment), e, e.arrivals, context.now()));
  review(e, e.workloads[id], view, offers, context);
  schedule_review(e.workloads[id], id, view, context);
  ++e.arrivals;
  schedule(context, context.now() + core::days(arrival_gap_days(view, e, e.arrivals)), WorkloadArrives{});
}

void on_adopt(Enterprise& e, const MarketView& view, const Offers& offers, Context& context) {
  e.adopted = true;
  send(context, view.regime.directory.statistics, Adopted{e.segment});
  on_workload(e, view, offers, context);
}

/// A tick of the workload's own review clock.
void on_review(Enterprise& e, WorkloadId id, const MarketView& view, const Offers& offers, Context& context) {
  Workload& w = e.workloads[id];
  ++w.epoch;
  const ReviewTick tick = review_tick(view, w, w.epoch);
  if (tick.refreshes) w.shock_epoch = w.epoch;
  review(e, w, view, offers, context);
  schedule(context, context.now() + core::days(tick.gap_days), Review{id, w.epoch});
}

/// A regime change reaches each workload after a keyed response delay, so that shares diffuse and do not jump.
void schedule_triggered(const Enterprise& e, std::uint64_t trigger, const MarketView& view, Context& context) {
  for (const WorkloadId id : e.workloads.ids()) {
    const double delay = view.parameters().choice.response_days *
                         view.draws.exponential(at(e.workloads[id].key, Purpose::ResponseDelay, trigger));
    schedule(context, context.now() + core::days(delay), TriggeredReview{id, 0});
  }
}

/// New offers concern those whose primary cloud makes them.
void on_access_changed(const Enterprise& e, const AccessChanged& change, const MarketView& view, Context& context) {
  if (change.clouds.contains(e.primary_cloud)) schedule_triggered(e, change.trigger, view, context);
}

void on_new_leader(const Enterprise& e, const NewLeader& leader, const MarketView& view, Context& context) {
  const std::uint64_t release = (std::uint64_t{leader.lab.position()} << 32) + leader.release;
  schedule_triggered(e, core::name_hash("release", release), view, context);
}

}  // namespace

ReviewTick review_tick(const MarketView& view, const Workload& w, std::uint32_t epoch) {
  const auto bits = view.draws.block(at(w.key, Purpose::ReviewGap, epoch));
  const auto& c = view.parameters().choice;
  return {c.review_days * -core::math::log(core::to_unit(bits[0])), core::to_unit(bits[1]) < c.refresh};
}

std::vector<FirstEvent> first_events(const Enterprise& e, const MarketView& view) {
  std::vector<FirstEvent> events;
  const core::SimTime start = view.parameters().run.start;
  if (!e.adopted) return events;
  events.emplace_back(e.next_arrival, WorkloadArrives{});
  for (const WorkloadId id : e.workloads.ids())
    events.emplace_back(start + core::days(review_tick(view, e.workloads[id], 0).gap_days), Review{id, 0});
  return events;
}

void handle_enterprise(Enterprise& e, const MarketView& view, const Offers& offers, Context& context,
                       const Event& event) {
  switch (event_kind(event)) {
    case EventKind::Adopt: on_adopt(e, view, offers, context); break;
    case EventKind::WorkloadArrives: on_workload(e, view, offers, context); break;
    case EventKind::Review: on_review(e, receive<Review>(event).workload, view, offers, context); break;
    case EventKind::TriggeredReview:
      review(e, e.workloads[receive<TriggeredReview>(event).workload], view, offers, context);
      break;
    case EventKind::AccessChanged: on_access_changed(e, receive<AccessChanged>(event), view, context); break;
    case EventKind::NewLeader: on_new_leader(e, receive<NewLeader>(event), view, context); break;
    default: break;
  }
}

}  // namespace rackrate::market
