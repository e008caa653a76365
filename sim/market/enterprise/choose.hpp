#pragma once
#include "sim/market/enterprise/population.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// The alternative a workload chooses now, the greatest utility plus shock, and the log-sum of its choice set.
struct Choice {
  AlternativeId alternative;  ///< none: the outside option
  double logsum = 0.0;
};
/// Tastes are drawn from their address each time: that costs less than keeping them. Equal totals go to the lower key.
[[nodiscard]] Choice choose(const MarketView& view, const Offers& offers, const Population& population,
                            EnterpriseId enterprise, const Workload& workload);

}  // namespace rackrate::market
