#include "sim/market/labs/steering.hpp"

#include <algorithm>

#include "sim/core/math.hpp"
#include "sim/market/pricing/channel_margin.hpp"
#include "sim/market/primitives/posted.hpp"

namespace rackrate::market {
namespace {

/// The channel with the most effort, none where no channel has any.
ChannelId favourite(const LabSignal& signal) {
  ChannelId best;
  double most = 0.0;
  for (const ChannelId channel : signal.effort.ids())
    if (signal.effort[channel] > most) {
      most = signal.effort[channel];
      best = channel;
    }
  return best;
}

}  // namespace

double next_effort(const Steering& policy, double effort, double advantage) {
  const double wanted = std::clamp(policy.strength * advantage, -policy.bound, policy.bound);
  return effort + (wanted - effort) * (1.0 - core::math::exp(-1.0 / policy.months));
}

double port_time_factor(const Steering& policy, double advantage) {
  return 1.0 - policy.launch * std::clamp(advantage, -1.0, 1.0);
}

std::string review_effort(const MarketView& view, LabId lab, Table<ChannelId, double>& effort, LabSignal& signal) {
  const Steering& policy = view.parameters().labs[lab].steering;
  if (policy.strength <= 0) return {};
  const double step = policy.bound * view.parameters().prices.posted_step;
  if (effort.empty()) effort.assign(view.parameters().channels.size(), 0.0);
  const ChannelId before = favourite(signal);
  const auto advantage = channel_advantages(view, lab);
  signal.effort.resize(effort.size());
  for (const ChannelId channel : effort.ids()) {
    effort[channel] = next_effort(policy, effort[channel], advantage[channel]);
    signal.effort[channel] = posted_evenly(effort[channel], step);
  }
  const ChannelId now = favourite(signal);
  if (now == before || !now.exists()) return {};
  return view.parameters().labs[lab].name + " now favours the channel " + view.parameters().channels[now].name;
}

}  // namespace rackrate::market
