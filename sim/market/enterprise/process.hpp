#pragma once
#include <span>

#include "sim/market/enterprise/enterprise.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// The enterprise as a logical process: adopts (Bass hazard on last week's digest), brings workloads,
/// and places each at its review times. It looks at the board and tells the exchange what changed.
///
/// Nothing it draws counts its own decisions: workloads come from an exogenous arrival process, reviews
/// tick on an exogenous Poisson clock, tastes are addressed by the tick, and a triggered review uses the
/// tick it falls in (MODEL 6.5, 12.1).
void handle_enterprise(Enterprise& enterprise, const MarketView& view, Context& context, const Event& event);

/// Schedules what an enterprise does first; called once, before the first window.
struct FirstEvent {
  core::SimTime time;
  Kind kind;
  Payload payload;
};
[[nodiscard]] std::vector<FirstEvent> first_events(const Enterprise& enterprise, const MarketView& view);

/// The alternative a workload chooses now, the greatest utility plus shock, and the log-sum of its choice set.
/// Fills in the workload's shocks when it has none.
struct Choice {
  int alternative = kNothing;
  double logsum = 0.0;
};
[[nodiscard]] Choice choose(const MarketView& view, const Enterprise& enterprise, Workload& workload,
                            core::SimTime now);

/// Volume not yet learned, as a share: exp(-age / tau).
[[nodiscard]] double unlearned(const Parameters& parameters, const Workload& workload, core::SimTime now);

/// Running rates of a workload and of an enterprise, 1e-4 $ per day, expanded: surplus is V/alpha ln G at full
/// volume, governance a share of what its placed volume costs.
[[nodiscard]] std::int64_t surplus_rate(const Enterprise& enterprise, const Workload& workload, double logsum);
[[nodiscard]] std::int64_t governance_rate(const MarketView& view, const Enterprise& enterprise);

/// When a review clock ticks next after tick `epoch` at `now`, in days.
[[nodiscard]] double review_gap_days(const MarketView& view, const Workload& workload, std::int32_t epoch);
/// Whether tick `epoch` draws tastes afresh.
[[nodiscard]] bool refreshes(const MarketView& view, const Workload& workload, std::int32_t epoch);

}  // namespace rackrate::market
