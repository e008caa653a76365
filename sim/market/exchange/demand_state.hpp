#pragma once
#include <cstdint>

#include "sim/core/sim_time.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/regime/compiled_scenario.hpp"
#include "sim/market/view/decision_sums.hpp"

namespace rackrate::market {

/// Demand of the enterprises by cell, and what they pay beside it: all that their decisions move.
struct DemandState {
  Table<CellId, std::int64_t> units;            ///< millionths of a work unit per day at full volume
  Table<CellId, std::int64_t> ramp;             ///< the part not yet learned
  Table<CellId, std::int64_t> committed_units;  ///< the part bought by enterprises committed to the seller's cloud,
                                                ///< less what discounts leave unpaid of it; empty while no contract has
                                                ///< a drawdown clause
  Table<CellId, std::int64_t> rebated;          ///< of the units, what discounts of big accounts leave unpaid
  Table<CellId, std::int64_t> premium;          ///< of the units, those with premium service
                                                ///< both empty where nobody bargains, like the two below
  Table<CellId, ByItem<std::int64_t>> needing;  ///< of the units, those that need an item; empty where none costs
  Table<SegmentId, AgreementDelta> agreed;      ///< what accounts had at stake when they bargained, $ a day
  Table<CloudId, Money> account_shortfall;      ///< paid by accounts since the last interval
  Grid<SegmentId, CloudId, Money> committed;    ///< what enterprises promised to spend a year; or empty
  Table<CellId, Money> surplus;                 ///< per day at full volume, before governance and migration
  Table<CellId, Money> variety;                 ///< the part of it that tastes for the one chosen add
  Table<SegmentId, Money> governance;           ///< per day
  Table<SegmentId, Money> migration_of;         ///< paid since the last interval
  Money migration;                              ///< the same of all
};

[[nodiscard]] DemandState first_demand(const CompiledScenario& compiled);

void add(DemandState& demand, const PlacementDelta& delta);
void add(DemandState& demand, const NeedDelta& delta);
void add(DemandState& demand, const SurplusDelta& delta);
void add(DemandState& demand, const RateDelta& delta);
void add(DemandState& demand, const OneOffCost& cost);
void add(DemandState& demand, const AgreementDelta& delta);
void add(DemandState& demand, const AccountShortfall& paid);
/// What an enterprise promises to spend at a cloud in a year. Ignored while no contract has a drawdown clause.
void add_commitment(DemandState& demand, SegmentId segment, CloudId cloud, Money a_year);
/// An interval has passed: one-off costs are booked, and the unlearned part of every cell shrinks by the same factor
/// each day.
void learn(DemandState& demand, const Interval& interval, double learning_days);

/// The part of a cell's spending at list that is paid by enterprises with a commitment to the seller's cloud.
[[nodiscard]] double committed_share(const DemandState& demand, CellId cell);

}  // namespace rackrate::market
