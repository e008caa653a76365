#pragma once
#include "sim/market/enterprise/population.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// The alternative a workload chooses now, the greatest utility plus shock, and what it is worth.
struct Choice {
  AlternativeId alternative;  ///< none: the outside option
  double gap = 0.0;           ///< log-sum of the choice set, over the utility of the outside option
  double utility = 0.0;       ///< of the alternative, over that of the outside option
  double governance = 0.0;    ///< what its cloud adds to the governance cost, as a share of its spending
};
/// Tastes are drawn from their address each time: that costs less than keeping them. Equal totals go to the lower key.
[[nodiscard]] Choice choose(const MarketView& view, const Offers& offers, const Population& population,
                            EnterpriseId enterprise, const Workload& workload);

}  // namespace rackrate::market
