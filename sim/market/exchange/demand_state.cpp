#include "sim/market/exchange/demand_state.hpp"

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/clauses/drawdown.hpp"

namespace rackrate::market {
DemandState first_demand(const CompiledScenario& s) {
  const auto& segments = s.parameters.segments;
  DemandState demand;
  demand.units.assign(s.cells.size(), 0);
  demand.ramp.assign(s.cells.size(), 0);
  demand.surplus.assign(s.cells.size(), Money{});
  demand.variety.assign(s.cells.size(), Money{});
  demand.migration_of.assign(segments.size(), Money{});
  demand.governance.resize(segments.size());
  if (s.parameters.buyers.least_size_usd >= 0) {
    demand.rebated.assign(s.cells.size(), 0);
    demand.premium.assign(s.cells.size(), 0);
    demand.agreed.resize(segments.size());
    demand.account_shortfall.assign(s.parameters.clouds.size(), Money{});
  }
  if (s.parameters.integration.crossing_cost > 0) demand.needing.resize(s.cells.size());
  if (any_drawdown(s)) {
    demand.committed_units.assign(s.cells.size(), 0);
    demand.committed = Grid<SegmentId, CloudId, Money>(segments.size(), s.parameters.clouds.size());
  }
  return demand;
}

void add(DemandState& demand, const PlacementDelta& delta) {
  core::add_whole(demand.units[delta.cell], delta.units, "the volume of one market, in millionths of a unit,");
  core::add_whole(demand.ramp[delta.cell], delta.ramp, "the volume of one market, in millionths of a unit,");
  if (delta.committed && !demand.committed_units.empty())
    demand.committed_units[delta.cell] += delta.units - delta.rebated;
  if (!delta.needs.empty()) {
    NeedDelta needing{delta.cell, {}};
    for (const Item item : needing.units.keys())
      if (delta.needs.contains(item)) needing.units[item] = delta.units;
    add(demand, needing);
  }
  if ((delta.rebated | delta.premium) == 0) return;
  demand.rebated[delta.cell] += delta.rebated;
  demand.premium[delta.cell] += delta.premium;
}

void add(DemandState& demand, const NeedDelta& delta) {
  if (demand.needing.empty()) return;
  for (const Item item : delta.units.keys()) demand.needing[delta.cell][item] += delta.units[item];
}

void add(DemandState& demand, const SurplusDelta& delta) {
  demand.surplus[delta.cell] += delta.surplus;
  demand.variety[delta.cell] += delta.variety;
}

void add(DemandState& demand, const RateDelta& delta) { demand.governance[delta.segment] += delta.governance; }

void add(DemandState& demand, const OneOffCost& cost) {
  demand.migration += cost.migration;
  demand.migration_of[cost.segment] += cost.migration;
}

void add(DemandState& demand, const AgreementDelta& delta) {
  AgreementDelta& sum = demand.agreed[delta.segment];
  sum.spending += delta.spending;
  sum.reliance += delta.reliance;
  sum.at_stake += delta.at_stake;
  sum.gain += delta.gain;
}

void add(DemandState& demand, const AccountShortfall& paid) {
  if (paid.amount != Money{}) demand.account_shortfall[paid.cloud] += paid.amount;
}

void add_commitment(DemandState& demand, SegmentId segment, CloudId cloud, Money a_year) {
  if (!demand.committed.empty()) demand.committed(segment, cloud) += a_year;
}

void learn(DemandState& demand, const Interval& interval, double learning_days) {
  demand.migration = {};
  for (auto& migration : demand.migration_of) migration = {};
  for (auto& shortfall : demand.account_shortfall) shortfall = {};
  const double factor = core::math::exp(-core::in_days(interval.length()) / learning_days);
  for (auto& ramp : demand.ramp) ramp = core::whole(core::real(ramp) * factor, "volume not yet learned,");
}

double committed_share(const DemandState& demand, CellId cell) {
  return core::real(demand.committed_units[cell]) / core::real(demand.units[cell]);
}

}  // namespace rackrate::market
