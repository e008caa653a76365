#pragma once
#include "sim/market/enterprise/enterprise.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// The alternative a workload chooses now, the greatest utility plus shock, and the log-sum of its choice set.
struct Choice {
  AlternativeId alternative;  ///< none: the outside option
  double logsum = 0.0;
};
/// Fills in the workload's shocks when it has none. Equal totals go to the lower key.
[[nodiscard]] Choice choose(const MarketView& view, const Offers& offers, const Enterprise& enterprise,
                            Workload& workload, core::SimTime now);

}  // namespace rackrate::market
