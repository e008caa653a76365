#pragma once
#include "sim/market/enterprise/choose.hpp"
#include "sim/market/enterprise/population.hpp"
#include "sim/market/view/market_view.hpp"

/// From a choice to the messages that the exchange receives. The first placements (world/first_day.cpp) and all later
/// ones (process.cpp) take this path; only the way of the messages differs.
namespace rackrate::market {

/// What one placement changes, as messages to the exchange, in this order. Those that change nothing are not sent.
struct Placement {
  PlacementDelta left;     ///< volume that left an alternative, negative
  PlacementDelta entered;  ///< volume that entered one
  OneOffCost migration;    ///< paid for the move
  RateDelta rates;         ///< surplus and governance

  template <class Send>
  void for_each_message(Send send) const {
    if (left.units != 0) send(left);
    if (entered.units != 0) send(entered);
    if (migration.migration > Money{}) send(migration);
    if (rates.surplus != Money{} || rates.governance != Money{}) send(rates);
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
