#pragma once
#include "sim/market/view/market_view.hpp"

/// What a lab's models cost on each channel, relative to the lab's list (S7; MODEL 8.1).
namespace rackrate::market {

/// The price on a channel that maximises what its setter earns, all other prices as they are, relative to the list;
/// from 1 - bound to 1 + bound.
///
/// A setter believes that its sales on the channel have the elasticity e = elasticity (1 - s) in their price, s the
/// channel's share of all sales, and that who leaves goes to the others in proportion to their sales. Then
///   p = e / (e - 1) x (cost + sum over its other sales of diversion x margin) / kept,
/// and the upper bound where e <= 1 or nothing of the price is kept.
/// Source:  first-order condition of a seller of several products under logit; Anderson, de Palma and Thisse (1992).
struct BestReply {
  double elasticity = 3.0;
  double share = 0.0;     ///< s
  double cost = 0.0;      ///< of a dollar of list
  double diverted = 0.0;  ///< sum of diversion ratio times margin
  double kept = 1.0;      ///< part of the price
  [[nodiscard]] double price(double bound) const;
};

/// Prices by channel as they are reviewed today; empty where every channel has the list.
[[nodiscard]] Table<ChannelId, double> reviewed_channel_prices(const MarketView& view, LabId lab);

}  // namespace rackrate::market
