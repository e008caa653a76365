#include "sim/market/enterprise/process.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/enterprise/population.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/primitives/adoption.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr std::size_t kFewAlternatives = 128;  // so many need no memory of their own
constexpr core::SimDuration kWeek = core::kDay * 7;

std::int64_t to_money(double usd) {
  return core::tenthousandths(usd, "what a workload costs or is worth to its enterprise, in $,");
}

template <class Message>
void send_to_exchange(const MarketView& view, Context& context, Kind kind, const Message& message) {
  context.send(view.regime.directory.exchange, context.window_end(), static_cast<std::uint16_t>(kind), pack(message),
               priority::kDecision);
}

void announce(const MarketView& view, Context& context, const Enterprise& e, int alternative, std::int64_t units,
              std::int64_t ramp) {
  if (alternative == kNothing || units == 0) return;
  send_to_exchange(view, context, Kind::PlacementDelta,
                   PlacementDelta{view.compiled().cell(e.segment, alternative, e.region),
                                  committed_to_seller(view.compiled(), e, alternative) ? 1U : 0U,
                                  static_cast<std::uint32_t>(view.regime.generation) & 0x7fffffffU, units, ramp});
}

/// Places a workload at `choice`, tells the exchange about the volume that moved, the surplus and
/// governance rates that changed and the migration that was paid.
void place(Enterprise& e, Workload& w, const Choice& choice, const MarketView& view, Context& context) {
  const core::SimTime effect = context.window_end();
  const std::int64_t surplus_before = w.surplus;
  const int before = w.alternative;
  w.surplus = surplus_rate(e, w, choice.logsum);
  if (choice.alternative != before) {
    const auto ramp = static_cast<std::int64_t>(static_cast<double>(w.units) * unlearned(view.parameters(), w, effect));
    announce(view, context, e, before, -w.units, -ramp);
    w.alternative = choice.alternative;
    announce(view, context, e, w.alternative, w.units, ramp);
    if (before != kNothing && w.alternative != kNothing) {
      const double usd = view.parameters().choice.switching_usd * static_cast<double>(w.units) * 1e-6;
      if (usd > 0) send_to_exchange(view, context, Kind::OneOffCost, OneOffCost{to_money(usd)});
      if (usd > 0) core::add_whole(e.migration, to_money(usd), "the cost of migration, in 1e-4 $,");
    }
  }
  const std::int64_t governance = governance_rate(view, e);
  if (w.surplus != surplus_before || governance != e.governance)
    send_to_exchange(view, context, Kind::RateDelta,
                     RateDelta{e.segment, 0, w.surplus - surplus_before, governance - e.governance});
  e.governance = governance;
}

void schedule_review(Workload& w, std::size_t index, const MarketView& view, Context& context) {
  const auto gap = core::days(review_gap_days(view, w, w.epoch));
  context.schedule(context.now() + gap, static_cast<std::uint16_t>(Kind::Review),
                   pack(WorkloadIndex{static_cast<std::int32_t>(index), w.epoch}), priority::kDecision);
}

void on_workload(Enterprise& e, const MarketView& view, Context& context) {
  const auto& segment = view.parameters().segments[static_cast<std::size_t>(e.segment)];
  if (e.arrivals >= static_cast<std::int32_t>(segment.max_workloads)) return;
  e.workloads.push_back(draw_workload(view, e, e.arrivals, context.now()));
  auto& w = e.workloads.back();
  place(e, w, choose(view, e, w, context.now()), view, context);
  schedule_review(w, e.workloads.size() - 1, view, context);
  ++e.arrivals;
  context.schedule(context.now() + core::days(arrival_gap_days(view, e, e.arrivals)),
                   static_cast<std::uint16_t>(Kind::WorkloadArrives), {}, priority::kDecision);
}

/// The Bass hazard p + q F with F frozen at the last digest: within the week to come it is constant, so
/// the crossing of the keyed threshold is known now.
void on_adoption_tick(Enterprise& e, const MarketView& view, Context& context) {
  if (e.adopted) return;
  const auto& segment = view.parameters().segments[static_cast<std::size_t>(e.segment)];
  const Bass bass{segment.bass_p, segment.bass_q};
  const double weekly = bass.hazard(view.board.adoption[static_cast<std::size_t>(e.segment)]) * core::in_years(kWeek);
  if (const auto share = cross_threshold(e.hazard, e.threshold, weekly)) {
    e.adopted = true;
    context.schedule(context.now() + core::days(7.0 * *share), static_cast<std::uint16_t>(Kind::Adopt), {},
                     priority::kDecision);
    return;
  }
  context.schedule(context.now() + kWeek, static_cast<std::uint16_t>(Kind::AdoptionTick), {}, priority::kDecision);
}

/// A regime change reaches each workload after a keyed response delay, so that shares diffuse and do not jump.
void schedule_triggered(Enterprise& e, std::uint64_t trigger, const MarketView& view, Context& context) {
  for (std::size_t i = 0; i < e.workloads.size(); ++i) {
    const double delay = view.parameters().choice.response_days *
                         view.draws.exponential(at(e.workloads[i].key, Purpose::ResponseDelay, trigger));
    context.schedule(context.now() + core::days(delay), static_cast<std::uint16_t>(Kind::TriggeredReview),
                     pack(WorkloadIndex{static_cast<std::int32_t>(i), 0}), priority::kDecision);
  }
}

}  // namespace

double unlearned(const Parameters& parameters, const Workload& workload, core::SimTime now) {
  const double age = core::in_days(now - workload.born);
  return age <= 0 ? 1.0 : math::exp(-age / parameters.choice.learning_days);
}

std::int64_t surplus_rate(const Enterprise& e, const Workload& w, double logsum) {
  return to_money(static_cast<double>(w.units) * 1e-6 / e.alpha * logsum);
}

std::int64_t governance_rate(const MarketView& view, const Enterprise& e) {
  const auto& c = view.parameters().choice;
  double spend = 0.0;  // at the prices of its last decision
  for (const auto& w : e.workloads)
    if (w.alternative != kNothing)
      spend += static_cast<double>(w.units) * 1e-6 * view.board.unit_price[static_cast<std::size_t>(w.alternative)];
  return to_money(spend * governance_cost(c.governance_first, c.governance_pair, governed_clouds(view, e).size()));
}

double review_gap_days(const MarketView& view, const Workload& w, std::int32_t epoch) {
  return view.parameters().choice.review_days *
         view.draws.exponential(at(w.key, Purpose::ReviewGap, static_cast<std::uint64_t>(epoch)));
}

bool refreshes(const MarketView& view, const Workload& w, std::int32_t epoch) {
  return view.draws.uniform(at(w.key, Purpose::ShockRefresh, static_cast<std::uint64_t>(epoch))) <
         view.parameters().choice.refresh;
}

namespace {

/// Shocks of all alternatives, permitted today or not: they do not depend on which others there are.
void draw_shocks(const MarketView& view, Workload& w, const ChoiceSet& set, ChoiceScratch& scratch) {
  w.shocks.resize(set.size());
  choice_shocks(
      set, view.draws,
      {w.key, static_cast<std::uint32_t>(Purpose::ShockAlternative), static_cast<std::uint64_t>(w.shock_epoch)},
      scratch, w.shocks);
}

}  // namespace

Choice choose(const MarketView& view, const Enterprise& e, Workload& w, core::SimTime now) {
  const auto product = static_cast<std::size_t>(w.product);
  const auto& list = view.compiled().alternatives_of_product[product];
  const auto& set = view.regime.choice_sets[product];
  std::array<double, kFewAlternatives> few;
  std::vector<double> many(set.size() > few.size() ? set.size() : 0);
  const std::span<double> utility{many.empty() ? few.data() : many.data(), set.size()};
  utilities(view, e, w, now, utility);
  ChoiceScratch scratch;
  Choice choice;
  if (w.shocks.empty()) draw_shocks(view, w, set, scratch);
  const auto k = chosen(utility, w.shocks, set);
  choice.alternative = !k || *k >= list.size() ? kNothing : list[*k].number();
  choice.logsum = choice_logsum(utility, set, scratch);
  return choice;
}

std::vector<FirstEvent> first_events(const Enterprise& e, const MarketView& view) {
  std::vector<FirstEvent> events;
  const core::SimTime start = view.parameters().run.start;
  if (!e.adopted) {
    events.push_back({start, Kind::AdoptionTick, {}});
    return events;
  }
  events.push_back({e.next_arrival, Kind::WorkloadArrives, {}});
  for (std::size_t i = 0; i < e.workloads.size(); ++i)
    events.push_back({start + core::days(review_gap_days(view, e.workloads[i], 0)), Kind::Review,
                      pack(WorkloadIndex{static_cast<std::int32_t>(i), 0})});
  return events;
}

void handle_enterprise(Enterprise& e, const MarketView& view, Context& context, const Event& event) {
  switch (static_cast<Kind>(event.kind)) {
    case Kind::AdoptionTick: on_adoption_tick(e, view, context); break;
    case Kind::Adopt:
      context.send(view.regime.directory.statistics, context.window_end(), static_cast<std::uint16_t>(Kind::Adopted),
                   pack(AdoptedMessage{e.segment}), priority::kStatistics);
      on_workload(e, view, context);
      break;
    case Kind::WorkloadArrives: on_workload(e, view, context); break;
    case Kind::Review: {
      const auto which = unpack<WorkloadIndex>(event.payload);
      auto& w = e.workloads[static_cast<std::size_t>(which.workload)];
      ++w.epoch;
      if (refreshes(view, w, w.epoch)) {
        w.shock_epoch = w.epoch;
        w.shocks.clear();
      }
      place(e, w, choose(view, e, w, context.now()), view, context);
      schedule_review(w, static_cast<std::size_t>(which.workload), view, context);
      break;
    }
    case Kind::TriggeredReview: {
      auto& w = e.workloads[static_cast<std::size_t>(unpack<WorkloadIndex>(event.payload).workload)];
      place(e, w, choose(view, e, w, context.now()), view, context);
      break;
    }
    case Kind::AccessChanged: {
      const auto message = unpack<AccessChanged>(event.payload);
      if (message.cloud_mask >> e.primary_cloud & 1) schedule_triggered(e, message.trigger, view, context);
      break;
    }
    case Kind::NewLeader: {
      const auto message = unpack<NewLeader>(event.payload);
      schedule_triggered(e,
                         core::name_hash("release", (static_cast<std::uint64_t>(message.lab) << 32) +
                                                        static_cast<std::uint64_t>(message.release)),
                         view, context);
      break;
    }
    default: break;
  }
}

}  // namespace rackrate::market
