#pragma once
#include <vector>

#include "sim/market/contracts/changes.hpp"
#include "sim/market/enterprise/population.hpp"
#include "sim/market/exchange/exchange.hpp"
#include "sim/market/regime/regime_change.hpp"
#include "sim/market/view/market_view.hpp"

/// The static one-period appraisal: what every firm earns in a day under hypothetical contracts, in the present market.
/// It reads all state and changes none, so it runs alone, between two windows.
namespace rackrate::market {

/// The market at one instant, as an appraisal reads it. Indices of `exchange`, `enterprises` and `board` are those of
/// `regime`; `board` says what a window that begins `now` would see.
struct MarketState {
  const Regime& regime;
  const CompiledScenario&
      coming;  ///< in force from now on: the regime's own, or one that takes effect at this boundary
  const Exchange& exchange;
  const Population& enterprises;
  const core::Draws& draws;
  const Board& board;
  core::SimTime now;
};

/// The enterprises that represent all of them in an appraisal: every one whose key is a multiple of a power of two that
/// the scenario's number of enterprises sets. Adding an enterprise moves no other in or out.
struct Sample {
  Population enterprises;          ///< adopters, placed as they are in the world's regime
  Table<SegmentId, double> scale;  ///< all enterprises' work units per one of the sample's
};
/// `about`: how many, give or take a factor of two.
[[nodiscard]] Sample draw_sample(const MarketState& state, int about = 2000);

/// A market under hypothetical contracts: the compiled scenario with the clauses in force now, and its access. Interval
/// 0 is that of the contracts; callers may add variants of it.
struct HypotheticalRegime {
  Regime regime;
  RegimeMove move;  ///< from the world's regime
};

/// The market under the coming contracts with these changes.
///
/// A long-run view: clauses in force now stay in force, every rollout and integration is complete, and all customers
/// are aware. One-off payments (tranches, fees, damages for beginning a breach) are left out, and a commitment counts
/// with one day's part of its open period, so that the last day of its term is like every other day. Throws:
/// core::ScenarioError when the changed contracts make no sense.
[[nodiscard]] HypotheticalRegime regime_under(const MarketState& state,
                                              const std::vector<contracts::ContractChange>& changes);

/// Adds a variant of the access.
[[nodiscard]] IntervalId add_interval(HypotheticalRegime& hypothetical, AccessInterval access);

/// Clouds that host or sell more of a lab's models under `opened` than under `status_quo`.
[[nodiscard]] HostSet gaining_clouds(const HypotheticalRegime& opened, const HypotheticalRegime& status_quo, LabId lab);
/// The access of `opened` without what `cloud` gains of a lab's models over `status_quo`: the opened market in which
/// these two came to no agreement.
[[nodiscard]] AccessInterval access_without(const HypotheticalRegime& opened, const HypotheticalRegime& status_quo,
                                            LabId lab, CloudId cloud);

/// The access of the regime in which the channel does not sell the lab's models.
[[nodiscard]] AccessInterval access_without_channel(const HypotheticalRegime& hypothetical, LabId lab,
                                                    ChannelId channel);

/// A day of the market under a regime before it is cleared: the state of the exchange with the demand that the sample
/// is expected to bring to it.
struct ExpectedDay {
  Exchange exchange;
  Board board;
};
[[nodiscard]] ExpectedDay expected_day(const MarketState& state, const Sample& sample,
                                       const HypotheticalRegime& hypothetical, IntervalId interval = IntervalId(0));

/// $ a day of every party.
using Profits = Table<PartyId, double>;
/// Gross profit of every party in one clearing of the market under a regime.
///
/// Demand is what the sample is expected to choose, by the shares of the cross-nested logit and without switching
/// costs, at today's prices, waits and volumes; streams are those of the day. Capacity, running costs and what is sunk
/// are the same under every regime, so at one instant differences between regimes are paired. Depreciation is left out.
/// `interval`: which access of the regime's.
/// Source: MODEL 8.5.
[[nodiscard]] Profits daily_profit(const MarketState& state, const Sample& sample,
                                   const HypotheticalRegime& hypothetical, IntervalId interval = IntervalId(0));

/// The same for a day whose demand is known. What moves no demand (who keeps what of a price) may have changed in the
/// regime since.
[[nodiscard]] Profits profit_of_day(const MarketState& state, const HypotheticalRegime& hypothetical, ExpectedDay day);

}  // namespace rackrate::market
