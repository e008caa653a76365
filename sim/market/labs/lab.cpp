#include "sim/market/labs/lab.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/market/labs/channel_prices.hpp"
#include "sim/market/labs/launch.hpp"
#include "sim/market/labs/list_equilibrium.hpp"
#include "sim/market/labs/steering.hpp"
#include "sim/market/pricing/channel_margin.hpp"
#include "sim/market/primitives/posted.hpp"
#include "sim/market/view/list_prices.hpp"

namespace rackrate::market {
namespace {

/// Persistence of the monthly demand noise. Assumption.
constexpr double kNoiseMemory = 0.8;

double port_days(const MarketView& view, LabId lab, std::uint32_t n, ChannelId channel) {
  const auto& s = view.compiled();
  const auto address = at(s.lab_key[lab], Purpose::PortDelay, n, s.channel_key[channel]);
  const auto& l = view.parameters().labs[lab];
  const double drawn = l.port_days_mean / 2.0 * view.draws.gamma(address, 2.0);
  if (l.steering.launch <= 0) return drawn;
  return drawn * port_time_factor(l.steering, channel_advantages(view, lab)[channel]);
}

/// Quality of the best model of any lab.
double frontier_quality(const Board& board) {
  if (board.labs.empty()) return 0.0;
  double frontier = board.labs[LabId(0)].best;
  for (const auto& lab : board.labs) frontier = std::max(frontier, lab.best);
  return frontier;
}

void bring_to_channels(const LabState& lab, double quality, const MarketView& view, Context& context) {
  for (const ChannelId channel : view.parameters().channels.ids()) {
    const auto plan = plan_channel(view, lab.lab, lab.releases, context.now(), channel);
    schedule(context, plan.ready, ChannelReady{channel, lab.releases, quality});
  }
}

/// A release that is due waits while a training run of the calendar holds it; it is looked at again a day later.
bool waits_for_run(LabState& lab, const MarketView& view, Context& context) {
  const bool waits = !view.board.release_waits.empty() && view.board.release_waits[lab.lab] != 0;
  if (waits) schedule(context, context.now() + core::kDay, ReleaseDue{});
  if (waits && !lab.release_due) {
    const auto& name = view.parameters().labs[lab.lab].name;
    lab.notices.push_back({context.now(), "release", name, "a release of " + name + " waits for a training run"});
  }
  lab.release_due = waits;
  return waits;
}

void on_release(LabState& lab, const MarketView& view, Context& context) {
  if (waits_for_run(lab, view, context)) return;
  const auto& name = view.parameters().labs[lab.lab].name;
  const double frontier = frontier_quality(view.board);
  const NewModel model = draw_model(lab, view, frontier);
  const bool better = model.quality > lab.signal.best;
  lab.signal.best = std::max(lab.signal.best, model.quality);
  if (better) bring_to_channels(lab, model.quality, view, context);
  if (model.leads)
    lab.notices.push_back({context.now(), "release", name, name + " releases a model that leads the frontier"});
  if (model.leads && model.quality - frontier > view.parameters().choice.release_gap_trigger)
    for (const ProcessId enterprise : view.regime.directory.enterprises())
      send(context, enterprise, NewLeader{lab.lab, lab.releases, model.quality});
  ++lab.releases;
  schedule(context, context.now() + core::days(release_gap_days(view, lab.lab, lab.releases)), ReleaseDue{});
}

void on_month(LabState& lab, const MarketView& view, Context& context) {
  const int month = core::month_index(context.now());
  const auto& streams = view.compiled().streams;
  for (const StreamId id : streams.ids()) {
    const auto& ref = streams[id];
    if (ref.lab != lab.lab || ref.stream < 0) continue;
    const double sigma = view.parameters().labs[lab.lab].streams[static_cast<std::size_t>(ref.stream)].volatility;
    const double z = view.draws.normal(at(ref.key, Purpose::StreamNoise, month_key(month)));
    double& noise = lab.signal.noise[id];
    noise = kNoiseMemory * noise + sigma * std::sqrt(1.0 - kNoiseMemory * kNoiseMemory) * z;
  }
  for (auto& sentence : review_finance(lab.finance, lab.signal.finance, view, lab.lab, context.now()))
    lab.notices.push_back({context.now(), "cash", view.parameters().labs[lab.lab].name, std::move(sentence)});
  const auto favours = review_effort(view, lab.lab, lab.effort, lab.signal);
  if (!favours.empty())
    lab.notices.push_back({context.now(), "channel", view.parameters().labs[lab.lab].name, favours});
  schedule(context, core::month_start(month + 1), MonthlyNoise{});
}

/// Token lists follow how full the lab's hosts are (MODEL 8.1).
double reviewed_tokens(const LabState& lab, const MarketView& view) {
  const auto& p = view.parameters();
  double demand = 0.0, available = 0.0, target = 0.0;
  for (const CloudId host : view.compiled().hosts_of_lab[lab.lab]) {
    if (!view.access().lab_hosts[lab.lab].contains(host)) continue;
    const auto& signal = view.board.clouds[host];
    demand += signal.demand;
    available += signal.available;
    target += signal.available * p.clouds[host].target_utilisation;
  }
  if (available <= 0) return lab.list;
  return reviewed_index(p.prices, lab.list, target / available, demand / available);
}

/// Prices on channels come with the list's review.
void review_channel_prices(LabState& lab, const MarketView& view, core::SimTime now) {
  auto& price = lab.signal.channel_price;
  if (const DecisionPath* path = view.replayed_prices(); path != nullptr) {
    price = channel_prices_at(path->lab_prices[lab.lab], now);
  } else if (view.parameters().prices.rule != PriceRule::Frozen) {
    price = reviewed_channel_prices(view, lab.lab);
    for (double& factor : price) factor = posted(factor, view.parameters().prices.posted_step);
  }
  for (const ChannelId channel : price.ids())
    lab.decisions.push_back(
        {now, DecisionKind::LabPrice, lab.lab.number(), price[channel], 0.0, 0.0, channel.number()});
}

void review_price(LabState& lab, const MarketView& view, core::SimTime now) {
  const DecisionPath* path = view.replayed_prices();
  const auto& prices = view.parameters().prices;
  // The list moves beside a replayed path too: a run that goes on from here without it has the list of its own.
  if (prices.rule != PriceRule::Bertrand) lab.list = reviewed_tokens(lab, view);
  if (path != nullptr) {
    lab.signal.price_index = decision_at(path->lab_prices[lab.lab], now).price_index;
  } else if (prices.rule == PriceRule::Bertrand) {
    ReviewedList list = bertrand_list(view, lab.lab);
    lab.signal.price_index = posted_index(prices, list.price_index);
    lab.notices.push_back({now, "prices", view.parameters().labs[lab.lab].name, std::move(list.notice)});
  } else {
    lab.signal.price_index = posted_index(prices, lab.list);
  }
  lab.decisions.push_back({now, DecisionKind::LabPrice, lab.lab.number(), lab.signal.price_index});
  review_channel_prices(lab, view, now);
}

void on_channel_ready(LabState& lab, const ChannelReady& ready) {
  auto& quality = lab.signal.quality[ready.channel];
  quality = std::max(quality, ready.quality);
}

void on_price_review(LabState& lab, const MarketView& view, Context& context) {
  review_price(lab, view, context.now());
  schedule(context, context.now() + core::years(review_months(view.parameters().prices) / 12.0), PriceReview{});
}

}  // namespace

double release_gap_days(const MarketView& view, LabId lab, std::uint32_t n) {
  return view.parameters().labs[lab].release_gap_days / 2.0 *
         view.draws.gamma(at(view.compiled().lab_key[lab], Purpose::ReleaseGap, n), 2.0);
}

NewModel draw_model(const LabState& lab, const MarketView& view, double frontier) {
  const auto& l = view.parameters().labs[lab.lab];
  const auto key = view.compiled().lab_key[lab.lab];
  NewModel model;
  model.leads = view.draws.uniform(at(key, Purpose::ReleaseFrontier, lab.releases)) < l.frontier_probability;
  const double jump = view.draws.exponential(at(key, Purpose::ReleaseJump, lab.releases));
  model.quality = model.leads ? frontier + l.jump_mean * jump : std::max(lab.signal.best, frontier - l.gap_mean * jump);
  return model;
}

ChannelPlan plan_channel(const MarketView& view, LabId lab, std::uint32_t n, core::SimTime released,
                         ChannelId channel) {
  const auto& s = view.compiled();
  if (s.parameters.channels[channel].cloud.empty()) return {released, false};
  ChannelPlan plan;
  plan.ready = released + core::days(port_days(view, lab, n, channel));
  const ShipFirstRule rule = ship_first_in_force(s, lab, released);
  if (rule.terms == nullptr) return plan;
  const auto port = released + core::days(port_days(view, lab, n, rule.holder));
  const Release release = decide_launch(launch_case(view, lab, released, rule), released, port, rule.terms->cure);
  if (channel == rule.holder) {
    // A holder that can but declines ships with the others, after the cure period.
    plan.ready = release.holder_ga < core::kNever ? release.holder_ga : std::max(port, released + rule.terms->cure);
    return plan;
  }
  const auto earliest = contracts::rival_earliest({rule.terms->lead, rule.terms->cure, rule.terms->reading}, release);
  plan.waited = earliest > plan.ready;
  plan.ready = std::max(plan.ready, earliest);
  return plan;
}

LabState first_lab(const CompiledScenario& s, LabId id) {
  LabState lab;
  lab.lab = id;
  const double quality = s.parameters.labs[id].quality;
  lab.signal.best = quality;
  lab.signal.quality.assign(s.parameters.channels.size(), quality);
  lab.signal.noise.assign(s.streams.size(), 0.0);
  return lab;
}

void handle_lab(LabState& lab, const MarketView& view, Context& context, const Event& event) {
  switch (event_kind(event)) {
    case EventKind::ReleaseDue: on_release(lab, view, context); break;
    case EventKind::ChannelReady: on_channel_ready(lab, receive<ChannelReady>(event)); break;
    case EventKind::MonthlyNoise: on_month(lab, view, context); break;
    case EventKind::PriceReview: on_price_review(lab, view, context); break;
    default: break;
  }
}

}  // namespace rackrate::market
