#include "sim/market/enterprise/process.hpp"

#include <algorithm>
#include <optional>

#include "sim/core/math.hpp"
#include "sim/core/name_hash.hpp"
#include "sim/market/enterprise/agreement.hpp"
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

/// Of the workload when it is in production; drawn again from its address.
std::int64_t full_units(const Actor& a, const Workload& w) {
  const auto ordinal = static_cast<std::uint32_t>(&w - a.population.workloads(a.id).data());
  return draw_workload(a.view, a.offers.mix(a.self().segment), a.population, a.id, ordinal, w.created).units;
}

/// Chooses for a workload, places it, and adds up what that changes for the exchange.
void review(const Actor& a, Workload& w) {
  if (w.pilot && w.alternative != kOutsideOption && pilot_succeeds(a.view, a.self(), w, a.context.now()))
    a.sums.add(go_into_production(a.view, a.self(), w, full_units(a, w), a.context.window_end()));
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
  begin_pilot(a.view, a.workload(id));
  review(a, a.workload(id));
  schedule_review(a, id);
  schedule(a.context, a.context.now() + arrival_gap(a.view, e, e.workloads), WorkloadArrives{});
}

/// A date of a big account's own clock: the year is settled, and at a renewal the two bargain again.
void on_account_date(const Actor& a, std::uint32_t ordinal) {
  a.sums.add(settle_account_year(a.view, a.population, a.id));
  if (is_renewal(a.view, a.self(), ordinal)) {
    const Renewal renewal = renew_agreement(a.view, a.offers, a.population, a.id);
    for (const PlacementDelta& delta : renewal.volume) a.sums.add(delta);
    a.sums.add(renewal.sums);
  }
  schedule(a.context, account_date(a.view, a.self(), ordinal + 1), AccountDate{ordinal + 1});
}

void on_adopt(const Actor& a) {
  a.self().adopted = true;
  if (a.population.is_account(a.id)) {
    const std::uint32_t next = next_account_date(a.view, a.self(), a.context.now());
    schedule(a.context, account_date(a.view, a.self(), next), AccountDate{next});
  }
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

/// A keyed response delay, so that shares diffuse and do not jump.
core::SimDuration response_delay(const Actor& a, WorkloadId id, std::uint64_t trigger) {
  return core::days(a.view.parameters().choice.response_days *
                    a.view.draws.exponential(at(a.workload(id).key, Purpose::ResponseDelay, trigger)));
}

void schedule_triggered(const Actor& a, std::uint64_t trigger) {
  for (const WorkloadId id : a.population.workload_ids(a.id))
    schedule(a.context, a.context.now() + response_delay(a, id, trigger), TriggeredReview{id, 0});
}

/// When a workload whose alternative contracts now bar must have reviewed, so that its move takes effect while it is
/// still served there; none where they do not bar it.
std::optional<core::SimDuration> left_to_leave(const Actor& a, const Workload& w) {
  if (w.alternative == kOutsideOption) return std::nullopt;
  const Enterprise& e = a.self();
  const Access& access = a.view.access().cells[a.view.compiled().cell(e.segment, w.alternative, e.region)];
  if (access.state != Permission::No) return std::nullopt;
  const core::SimDuration on_its_way = 2 * a.view.parameters().run.window;
  return std::max(core::SimDuration{0}, access.served_until - a.context.now() - on_its_way);
}

/// New offers concern those whose primary cloud makes them. Who uses what is now barred reviews before it ends, at once
/// where it has ended.
void on_access_changed(const Actor& a, const AccessChanged& change) {
  const bool offers = change.clouds.contains(a.self().primary_cloud);
  if (!offers && change.lost == 0) return;
  for (const WorkloadId id : a.population.workload_ids(a.id)) {
    const auto left = left_to_leave(a, a.workload(id));
    if (!offers && !left) continue;
    const core::SimDuration delay = response_delay(a, id, change.trigger);
    schedule(a.context, a.context.now() + (left ? std::min(delay, *left) : delay), TriggeredReview{id, 0});
  }
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
  if (population.is_account(e)) {
    const std::uint32_t next = next_account_date(view, population[e], start);
    events.emplace_back(account_date(view, population[e], next), AccountDate{next});
  }
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
    case EventKind::AccountDate: on_account_date(a, receive<AccountDate>(event).ordinal); break;
    case EventKind::AccessChanged: on_access_changed(a, receive<AccessChanged>(event)); break;
    case EventKind::NewLeader: on_new_leader(a, receive<NewLeader>(event)); break;
    default: break;
  }
}

}  // namespace rackrate::market
