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
  RateDelta rates;         ///< surplus and governance

  template <class Take>
  void for_each_change(Take take) const {
    if (left.units != 0) take(left);
    if (entered.units != 0) take(entered);
    if (migration.migration > Money{}) take(migration);
    if (rates.surplus != Money{} || rates.governance != Money{}) take(rates);
  }
};

/// Places a workload at `choice` and brings the enterprise's own accounts up to date. `effect`: when the exchange will
/// hear of it, for the volume not yet learned by then.
[[nodiscard]] Placement place(Population& population, EnterpriseId enterprise, Workload& workload, const Choice& choice,
                              const MarketView& view, core::SimTime effect);

/// Volume not yet learned, as a share: exp(-age / tau).
[[nodiscard]] double unlearned_share(const Parameters& parameters, const Workload& workload, core::SimTime now);

/// Running rates of a workload and of an enterprise, per day, expanded: surplus is V/alpha ln G at full
/// volume, governance a share of what its placed volume costs.
[[nodiscard]] Money surplus_rate(const Enterprise& enterprise, const Workload& workload, double logsum);
[[nodiscard]] Money governance_rate(const MarketView& view, const Population& population, EnterpriseId enterprise);

}  // namespace rackrate::market
