#pragma once
#include <string>

#include "sim/market/view/market_view.hpp"

/// A lab's effort for the channels on which it earns more: people in sales and support, integrations, quotas and early
/// access, in one number by channel, in utility (S20, S44).
namespace rackrate::market {

/// The effort a month later: it moves towards strength x advantage, from -bound to bound, with the policy's time
/// constant. Less than none is neglect.
[[nodiscard]] double next_effort(const Steering& policy, double effort, double advantage);

/// How much longer a port takes than its draw, as a factor: 1 - launch x advantage, from 1 - launch to 1 + launch.
[[nodiscard]] double port_time_factor(const Steering& policy, double advantage);

/// The start of a month: moves the effort by what the lab earns on each channel, and publishes it in steps of its bound
/// (prices.posted_step). Returns a sentence where another channel than before has the most effort, else nothing.
std::string review_effort(const MarketView& view, LabId lab, Table<ChannelId, double>& effort, LabSignal& signal);

}  // namespace rackrate::market
