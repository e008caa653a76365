#pragma once
#include "sim/core/sim_time.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Have the milestones that a clause states been reached: twelve times the lab's revenue of the last full month, the
/// compute installed at a cloud, the signature of a version? A milestone that is not stated counts as reached. Tranches
/// and triggers wait for them.
[[nodiscard]] bool milestones_reached(const MarketView& view, const PaymentClause& money,
                                      const kinds::Milestones& milestones, core::SimTime t);

}  // namespace rackrate::market
