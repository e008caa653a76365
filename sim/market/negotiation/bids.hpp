#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/market/contracts/registry.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// What a cloud offers in a tender.
struct Bid {
  CloudId cloud;
  Money price;                      ///< of an H100e-hour
  std::vector<ClauseRef> refusals;  ///< rights of first refusal that stand before it
};

/// H100e that a cloud has free at t: of what it sells, what is neither demanded nor reserved. Reservations that begin
/// later than t count.
[[nodiscard]] double free_h100e(const MarketView& view, CloudId cloud, core::SimTime t);

/// May this cloud run the tender's work at t, and who may refuse first? A cloud to which exclusives or bans leave
/// nothing of the tender's scope is barred; a right of first refusal over any part of it counts.
[[nodiscard]] Registry::Obstacles obstacles(const MarketView& view, const Clause& tender, CloudId cloud,
                                            core::SimTime t);

/// The bids in a tender: of every cloud asked to which the lab's models are ported by t, which is not barred and has
/// the quantity free, its hosting price for this lab. Lowest first, ties by name. `promised`: H100e awarded already in
/// this window.
[[nodiscard]] std::vector<Bid> find_bids(const MarketView& view, const Clause& tender,
                                         const Table<CloudId, double>& promised, core::SimTime t);

}  // namespace rackrate::market
