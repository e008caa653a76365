#include "sim/market/enterprise/process.hpp"

#include "sim/core/math.hpp"
#include "sim/core/name_hash.hpp"
#include "sim/market/enterprise/choose.hpp"
#include "sim/market/enterprise/draw.hpp"
#include "sim/market/enterprise/placement.hpp"

namespace rackrate::market {
namespace {

/// One enterprise while it handles an event.
struct Actor {
  Population& population;
  EnterpriseId id;
  const MarketView& view;
  const Offers& offers;
  DecisionSums& sums;
  Context& context;

  [[nodiscard]] Enterprise& self() const { return population[id]; }
  [[nodiscard]] Workload& workload(WorkloadId w) const { return population.workload(id, w); }
};

/// Chooses for a workload, places it, and adds up what that changes for the exchange.
void review(const Actor& a, Workload& w) {
  const Choice choice = choose(a.view, a.offers, a.population, a.id, w);
  place(a.population, a.id, w, choice, a.view, a.context.window_end()).for_each_change([&](const auto& change) {
    a.sums.add(change);
  });
}

/// The review clock ticks on, from its tick `epoch`.
void schedule_review(const Actor& a, WorkloadId id) {
  const Workload& w = a.workload(id);
  schedule(a.context, a.context.now() + core::days(review_tick(a.view, w, w.epoch).gap_days), Review{id, w.epoch});
}

void on_workload(const Actor& a) {
  const Enterprise& e = a.self();
  if (has_all_workloads(a.view.parameters().segments[e.segment], e.workloads)) return;
  const WorkloadId id = a.population.add_workload(
      a.id, draw_workload(a.view, a.offers.mix(e.segment), a.population, a.id, e.workloads, a.context.now()));
  review(a, a.workload(id));
  schedule_review(a, id);
  schedule(a.context, a.context.now() + arrival_gap(a.view, e, e.workloads), WorkloadArrives{});
}

void on_adopt(const Actor& a) {
  a.self().adopted = true;
  send(a.context, a.view.regime.directory.statistics, Adopted{a.self().segment});
  on_workload(a);
}

/// A tick of the workload's own review clock.
void on_review(const Actor& a, WorkloadId id) {
  Workload& w = a.workload(id);
  ++w.epoch;
  const ReviewTick tick = review_tick(a.view, w, w.epoch);
  const core::SimTime next = a.context.now() + core::days(tick.gap_days);
  a.context.prefetch_schedule(next);
  if (tick.refreshes) w.shock_epoch = w.epoch;
  review(a, w);
  schedule(a.context, next, Review{id, w.epoch});
}

/// A regime change reaches each workload after a keyed response delay, so that shares diffuse and do not jump.
void schedule_triggered(const Actor& a, std::uint64_t trigger) {
  for (const WorkloadId id : a.population.workload_ids(a.id)) {
    const double delay = a.view.parameters().choice.response_days *
                         a.view.draws.exponential(at(a.workload(id).key, Purpose::ResponseDelay, trigger));
    schedule(a.context, a.context.now() + core::days(delay), TriggeredReview{id, 0});
  }
}

/// New offers concern those whose primary cloud makes them.
void on_access_changed(const Actor& a, const AccessChanged& change) {
  if (change.clouds.contains(a.self().primary_cloud)) schedule_triggered(a, change.trigger);
}

void on_new_leader(const Actor& a, const NewLeader& leader) {
  const std::uint64_t release = (std::uint64_t{leader.lab.position()} << 32) + leader.release;
  schedule_triggered(a, core::name_hash("release", release));
}

/// When the workload after those that an adopter has on the first day arrives.
core::SimTime next_arrival(const Population& population, EnterpriseId e, const MarketView& view) {
  return population.workloads(e).back().created + arrival_gap(view, population[e], population[e].workloads);
}

}  // namespace

ReviewTick review_tick(const MarketView& view, const Workload& w, std::uint32_t epoch) {
  const auto bits = view.draws.block(at(w.key, Purpose::ReviewGap, epoch));
  const auto& c = view.parameters().choice;
  return {c.review_days * -core::math::log(core::to_unit(bits[0])), core::to_unit(bits[1]) < c.refresh};
}

std::vector<FirstEvent> first_events(const Population& population, EnterpriseId e, const MarketView& view) {
  std::vector<FirstEvent> events;
  const core::SimTime start = view.parameters().run.start;
  if (population[e].workloads == 0) return events;
  events.emplace_back(next_arrival(population, e, view), WorkloadArrives{});
  for (const WorkloadId id : population.workload_ids(e))
    events.emplace_back(start + core::days(review_tick(view, population.workload(e, id), 0).gap_days), Review{id, 0});
  return events;
}

void handle_enterprise(Population& population, EnterpriseId enterprise, const MarketView& view, const Offers& offers,
                       DecisionSums& sums, Context& context, const Event& event) {
  const Actor a{population, enterprise, view, offers, sums, context};
  switch (event_kind(event)) {
    case EventKind::Adopt: on_adopt(a); break;
    case EventKind::WorkloadArrives: on_workload(a); break;
    case EventKind::Review: on_review(a, receive<Review>(event).workload); break;
    case EventKind::TriggeredReview: review(a, a.workload(receive<TriggeredReview>(event).workload)); break;
    case EventKind::AccessChanged: on_access_changed(a, receive<AccessChanged>(event)); break;
    case EventKind::NewLeader: on_new_leader(a, receive<NewLeader>(event)); break;
    default: break;
  }
}

}  // namespace rackrate::market
