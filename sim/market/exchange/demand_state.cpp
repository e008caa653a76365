#include "sim/market/exchange/demand_state.hpp"

#include <cassert>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/drawdown.hpp"

namespace rackrate::market {
namespace {

/// A message sent before the contracts changed names a cell of the regime before.
CellId present_cell(const DemandState& demand, const Regime& regime, const PlacementDelta& delta) {
  if (std::cmp_equal(delta.generation, regime.generation)) return CellId(delta.cell);
  assert(std::cmp_equal(delta.generation, demand.moved_from) && "a placement is one window on its way");
  const CellId cell = demand.cell_moves[CellId(delta.cell)];
  assert(cell.exists() && "what could be bought last window has a cell");
  return cell;
}

}  // namespace

DemandState first_demand(const CompiledScenario& s) {
  const auto& segments = s.parameters.segments;
  DemandState demand;
  demand.units.assign(s.cells.size(), 0);
  demand.ramp.assign(s.cells.size(), 0);
  demand.surplus.resize(segments.size());
  demand.governance.resize(segments.size());
  if (any_drawdown(s)) {
    demand.committed_units.assign(s.cells.size(), 0);
    demand.committed = Grid<SegmentId, CloudId, Money>(segments.size(), s.parameters.clouds.size());
  }
  return demand;
}

void add(DemandState& demand, const MarketView& view, const PlacementDelta& delta) {
  const CellId cell = present_cell(demand, view.regime, delta);
  core::add_whole(demand.units[cell], delta.units, "the volume of one market, in millionths of a unit,");
  core::add_whole(demand.ramp[cell], delta.ramp, "the volume of one market, in millionths of a unit,");
  if (delta.committed != 0 && !demand.committed_units.empty()) demand.committed_units[cell] += delta.units;
}

void add(DemandState& demand, const MarketView&, const RateDelta& delta) {
  const SegmentId segment(delta.segment);
  demand.surplus[segment] += delta.surplus;
  demand.governance[segment] += delta.governance;
}

void add(DemandState& demand, const MarketView&, const OneOffCost& cost) { demand.migration += cost.migration; }

void add_commitment(DemandState& demand, SegmentId segment, CloudId cloud, Money a_year) {
  if (!demand.committed.empty()) demand.committed(segment, cloud) += a_year;
}

void learn(DemandState& demand, const Interval& interval, double learning_days) {
  demand.migration = {};
  const double factor = core::math::exp(-core::in_days(interval.length()) / learning_days);
  for (auto& ramp : demand.ramp) ramp = core::whole(core::real(ramp) * factor, "volume not yet learned,");
}

double committed_share(const DemandState& demand, CellId cell) {
  return core::real(demand.committed_units[cell]) / core::real(demand.units[cell]);
}

}  // namespace rackrate::market
