#include "sim/market/labs/lab.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/market/labs/launch.hpp"
#include "sim/market/primitives/list_price.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace {

/// Persistence of the monthly demand noise. Assumption.
constexpr double kNoiseMemory = 0.8;
constexpr double kQuarterYears = 0.25;

const Lab& parameters_of(const MarketView& view, int lab) {
  return view.parameters().labs[static_cast<std::size_t>(lab)];
}

double port_days(const MarketView& view, int lab, std::int32_t n, int channel) {
  const auto key = view.compiled().lab_key[static_cast<std::size_t>(lab)];
  const auto address = at(key, Purpose::PortDelay, static_cast<std::uint64_t>(n),
                          view.compiled().channel_key[static_cast<std::size_t>(channel)]);
  return parameters_of(view, lab).port_days_mean / 2.0 * view.draws.gamma(address, 2.0);
}

void on_release(LabState& lab, const MarketView& view, Context& context) {
  const auto& s = view.compiled();
  const auto& l = parameters_of(view, lab.index);
  const auto key = s.lab_key[static_cast<std::size_t>(lab.index)];
  const auto n = static_cast<std::uint64_t>(lab.releases);
  double frontier = 0.0;
  bool first = true;
  for (const auto& other : view.board.labs) {
    frontier = first ? other.best : std::max(frontier, other.best);
    first = false;
  }
  const bool leads = view.draws.uniform(at(key, Purpose::ReleaseFrontier, n)) < l.frontier_probability;
  const double jump = view.draws.exponential(at(key, Purpose::ReleaseJump, n));
  const double quality =
      leads ? frontier + l.jump_mean * jump : std::max(lab.signal.best, frontier - l.gap_mean * jump);
  const bool better = quality > lab.signal.best;
  lab.signal.best = std::max(lab.signal.best, quality);

  if (better)
    for (std::size_t x = 0; x < s.parameters.channels.size(); ++x) {
      const auto plan = plan_channel(view, lab.index, lab.releases, context.now(), static_cast<int>(x));
      context.schedule(plan.ready, static_cast<std::uint16_t>(Kind::ChannelReady),
                       pack(ChannelReady{static_cast<std::int32_t>(x), lab.releases, quality}), priority::kRelease);
    }
  if (leads)
    lab.notices.push_back({context.now(), "release", l.name, l.name + " releases a model that leads the frontier"});
  if (leads && quality - frontier > view.parameters().choice.release_gap_trigger)
    for (ProcessId e = view.regime.directory.first_enterprise; e < view.regime.directory.count; ++e)
      context.send(e, context.window_end(), static_cast<std::uint16_t>(Kind::NewLeader),
                   pack(NewLeader{lab.index, lab.releases, quality}), priority::kRelease);
  ++lab.releases;
  context.schedule(context.now() + core::days(release_gap_days(view, lab.index, lab.releases)),
                   static_cast<std::uint16_t>(Kind::Release), {}, priority::kRelease);
}

void on_month(LabState& lab, const MarketView& view, Context& context) {
  const int month = core::month_index(context.now());
  const auto& s = view.compiled();
  for (std::size_t k = 0; k < s.streams.size(); ++k) {
    const auto& ref = s.streams[k];
    if (ref.lab != lab.index || ref.stream < 0) continue;
    const double sigma = parameters_of(view, lab.index).streams[static_cast<std::size_t>(ref.stream)].volatility;
    const double z = view.draws.normal(at(ref.key, Purpose::StreamNoise, static_cast<std::uint64_t>(month)));
    lab.signal.noise[k] = kNoiseMemory * lab.signal.noise[k] + sigma * std::sqrt(1.0 - kNoiseMemory * kNoiseMemory) * z;
  }
  context.schedule(core::month_start(month + 1), static_cast<std::uint16_t>(Kind::MonthlyNoise), {},
                   priority::kDecision);
}

/// Token lists follow how full the lab's hosts are (MODEL 8.1), the same for all channels: price parity.
double reviewed_index(const LabState& lab, const MarketView& view) {
  const auto& p = view.parameters();
  if (p.prices.rule == PriceRule::Frozen) return lab.signal.price_index;
  double demand = 0.0, available = 0.0, target = 0.0;
  for (const CloudId host : view.compiled().hosts_of_lab[lab.index]) {
    if (!view.access().lab_hosts[lab.index].contains(host)) continue;
    const auto& signal = view.board.clouds[host];
    demand += signal.demand;
    available += signal.available;
    target += signal.available * p.clouds[host].target_utilisation;
  }
  if (available <= 0) return lab.signal.price_index;
  const ListPriceRule rule{p.prices.eta, target / available, p.prices.clip, p.prices.menu};
  return std::clamp(rule.next(lab.signal.price_index, demand / available), kLeastPriceIndex, kMostPriceIndex);
}

void review_price(LabState& lab, const MarketView& view, core::SimTime now) {
  const DecisionPath* path = view.replayed_prices();
  lab.signal.price_index = path != nullptr
                               ? decision_at(path->lab_prices[static_cast<std::size_t>(lab.index)], now).price_index
                               : reviewed_index(lab, view);
  lab.decisions.push_back({now, DecisionKind::LabPrice, static_cast<std::int16_t>(lab.index), lab.signal.price_index});
}

}  // namespace

double release_gap_days(const MarketView& view, int lab, std::int32_t n) {
  const auto key = view.compiled().lab_key[static_cast<std::size_t>(lab)];
  return parameters_of(view, lab).release_gap_days / 2.0 *
         view.draws.gamma(at(key, Purpose::ReleaseGap, static_cast<std::uint64_t>(n)), 2.0);
}

ChannelPlan plan_channel(const MarketView& view, int lab, std::int32_t n, core::SimTime released, int channel) {
  const auto& s = view.compiled();
  if (s.parameters.channels[static_cast<std::size_t>(channel)].cloud.empty()) return {released, false};
  ChannelPlan plan;
  plan.ready = released + core::days(port_days(view, lab, n, channel));
  const ShipFirstRule rule = ship_first_in_force(s, lab, released);
  if (rule.terms == nullptr) return plan;
  const auto port = released + core::days(port_days(view, lab, n, rule.holder));
  const Release release = decide_launch(launch_case(view, lab, released, rule), released, port, rule.terms->cure);
  if (channel == rule.holder) {
    // One that declines of its own will comes with the others, after the cure period.
    plan.ready = release.holder_ga < core::kNever ? release.holder_ga : std::max(port, released + rule.terms->cure);
    return plan;
  }
  const auto earliest = contracts::rival_earliest({rule.terms->lead, rule.terms->cure, rule.terms->reading}, release);
  plan.waited = earliest > plan.ready;
  plan.ready = std::max(plan.ready, earliest);
  return plan;
}

LabState first_lab(const CompiledScenario& s, int index) {
  LabState lab;
  lab.index = index;
  const auto& l = s.parameters.labs[static_cast<std::size_t>(index)];
  lab.signal.best = l.quality;
  lab.signal.quality.assign(s.parameters.channels.size(), l.quality);
  lab.signal.noise.assign(s.streams.size(), 0.0);
  return lab;
}

void handle_lab(LabState& lab, const MarketView& view, Context& context, const Event& event) {
  switch (static_cast<Kind>(event.kind)) {
    case Kind::Release: on_release(lab, view, context); break;
    case Kind::ChannelReady: {
      const auto ready = unpack<ChannelReady>(event.payload);
      auto& quality = lab.signal.quality[static_cast<std::size_t>(ready.channel)];
      quality = std::max(quality, ready.quality);
      break;
    }
    case Kind::MonthlyNoise: on_month(lab, view, context); break;
    case Kind::PriceReview:
      review_price(lab, view, context.now());
      context.schedule(context.now() + core::years(kQuarterYears), static_cast<std::uint16_t>(Kind::PriceReview), {},
                       priority::kPrice);
      break;
    default: break;
  }
}

}  // namespace rackrate::market
