#pragma once
#include "sim/market/enterprise/choose.hpp"
#include "sim/market/enterprise/population.hpp"
#include "sim/market/view/decision_sums.hpp"
#include "sim/market/view/market_view.hpp"

/// From a choice to what it changes for the exchange. The first placements (world/first_day.cpp) and all later ones
/// (process.cpp) take this path; only the way of the changes differs.
namespace rackrate::market {

/// What one placement changes for the exchange.
struct Placement {
  PlacementDelta left;     ///< volume that left an alternative, negative
  PlacementDelta entered;  ///< volume that entered one
  OneOffCost migration;    ///< paid for the move
  SurplusDelta lost;       ///< surplus that left an alternative, negative
  SurplusDelta gained;     ///< surplus that entered one
  RateDelta rates;         ///< governance

  template <class Take>
  void for_each_change(Take take) const {
    if (left.units != 0) take(left);
    if (entered.units != 0) take(entered);
    if (migration.migration > Money{}) take(migration);
    for (const SurplusDelta& moved : {lost, gained})
      if (moved.surplus != Money{} || moved.variety != Money{}) take(moved);
    if (rates.governance != Money{}) take(rates);
  }
};

/// Places a workload at `choice` and brings the enterprise's own accounts up to date. `effect`: when the exchange will
/// hear of it, for the volume not yet learned by then.
[[nodiscard]] Placement place(Population& population, EnterpriseId enterprise, Workload& workload, const Choice& choice,
                              const MarketView& view, core::SimTime effect);

/// A pilot goes into production where it is placed: the volume that this adds there. `effect` as above.
[[nodiscard]] PlacementDelta go_into_production(const MarketView& view, const Enterprise& enterprise,
                                                Workload& workload, std::int64_t units, core::SimTime effect);

/// Volume not yet learned, as a share: exp(-age / tau).
[[nodiscard]] double unlearned_share(const Parameters& parameters, const Workload& workload, core::SimTime now);

/// What a placement is worth to its enterprise, $ per day, expanded, at full volume: before it pays for governance and
/// migration, with the part that a taste for the one chosen adds to what anybody gets. 0 for the outside option.
///
/// In the logarithmic form spending times surplus_per_dollar (primitives/expenditure.hpp), at the prices of the
/// decision; in the linear form V/alpha times the utility over the outside option. Both are means over tastes of those
/// who chose as this one did, so the placed workloads together have the surplus of all.
struct Worth {
  double surplus = 0.0, variety = 0.0;
};
[[nodiscard]] Worth worth_of(const MarketView& view, const Enterprise& enterprise, const Workload& workload,
                             const Choice& choice);
/// Governance of an enterprise per day, expanded: a share of what its placed volume costs.
[[nodiscard]] Money governance_rate(const MarketView& view, const Population& population, EnterpriseId enterprise);

}  // namespace rackrate::market
