#pragma once
#include <vector>

#include "sim/market/enterprise/population.hpp"
#include "sim/market/enterprise/utility.hpp"
#include "sim/market/view/decision_sums.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// The enterprise as a logical process: adopts when it receives Adopt (adoption.hpp), brings workloads, and places each
/// at its review times. It reads the board and adds what changed to the sums that the exchange will get
/// (placement.hpp).
///
/// Nothing it draws counts its own decisions: workloads come from an exogenous arrival process, reviews
/// tick on an exogenous Poisson clock, tastes are addressed by the tick, and a triggered review uses the
/// tick it falls in (MODEL 6.5, 12.1).
void handle_enterprise(Population& population, EnterpriseId enterprise, const MarketView& view, const Offers& offers,
                       DecisionSums& sums, Context& context, const Event& event);

/// What an enterprise schedules before the first window.
[[nodiscard]] std::vector<FirstEvent> first_events(const Population& population, EnterpriseId enterprise,
                                                   const MarketView& view);

/// What a tick of a review clock says: one block of random bits for both.
struct ReviewTick {
  double gap_days = 0.0;   ///< until the next tick
  bool refreshes = false;  ///< tastes are drawn afresh
};
[[nodiscard]] ReviewTick review_tick(const MarketView& view, const Workload& workload, std::uint32_t epoch);

}  // namespace rackrate::market
