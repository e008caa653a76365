#pragma once
#include "sim/market/view/market_view.hpp"

/// What a lab, or the firm of a channel, makes of what is sold there, at today's contracts, lists and unit costs.
namespace rackrate::market {

/// Of a dollar of the lab's list sold on a channel: the part that a firm keeps after all that is a share of the price,
/// and what the compute costs it. `open`: may anybody buy anything of the lab there?
struct ChannelMargin {
  bool open = false;
  double kept = 0.0, cost = 0.0;
  /// At a price relative to the lab's list.
  [[nodiscard]] double at(double relative_price) const { return kept * relative_price - cost; }
};

/// Of the lab: its remittance, or the whole where it sells itself, less revenue shares that it pays, plus those that it
/// gets, less its other costs; its cost is hosting where it pays for it. Caps on shares are read as not reached.
[[nodiscard]] ChannelMargin lab_margin(const MarketView& view, LabId lab, ChannelId channel);
/// Of the channel's firm: the resale rate, less and plus revenue shares; its cost is hosting where it pays for it, less
/// what it earns as host of the work.
[[nodiscard]] ChannelMargin seller_margin(const MarketView& view, LabId lab, ChannelId channel);

/// By channel: the lab's margin on it less its margin on all that it sells, both of a dollar of list; weighted by
/// sales, all channels alike where nothing was sold yet. 0 where a channel is closed.
[[nodiscard]] Table<ChannelId, double> channel_advantages(const MarketView& view, LabId lab);

}  // namespace rackrate::market
