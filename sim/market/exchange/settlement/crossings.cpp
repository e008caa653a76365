#include "sim/market/exchange/terms/crossings.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"

namespace rackrate::market {

/// Each cell is rounded once, so that any order gives the same sum.
void settle_crossings(SettlementRun& run) {
  const auto& missing = run.board().missing;
  if (missing.empty() || run.in.demand.needing.empty()) return;
  Money all;
  for (const CellLoad& cell : run.in.load.cells) {
    if (missing[cell.cell].empty()) continue;
    const double crossings = crossings_per_unit(run.in.demand, cell.cell, missing[cell.cell]);
    if (crossings <= 0) continue;
    const double list = core::real(cell.volume) * run.in.allocation.classes[cell.demand_class].fill *
                        run.board().unit_price[cell.alternative] * 1e-6 * run.in.interval.days();
    all += Money::from_usd(list * crossings * run.parameters().integration.crossing_cost);
  }
  run.pay(run.parties().enterprises(), run.parties().services(), Category::Crossing, all);
}

}  // namespace rackrate::market
