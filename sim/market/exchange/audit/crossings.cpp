#include <string>

#include "sim/core/error.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"
#include "sim/market/exchange/terms/crossings.hpp"

namespace rackrate::market {
namespace {

/// Units that need each item the cell lacks, item by item. No more can need one than are there.
std::int64_t units_without(const AuditRun& run, CellId cell) {
  std::int64_t units = 0;
  for_each_item(run.board().missing[cell], [&](Item item) {
    const std::int64_t needing = run.in.demand.needing[cell][item];
    if (needing < 0 || needing > run.in.demand.units[cell])
      throw core::LedgerError("of " + std::to_string(run.in.demand.units[cell]) + " units of a market " +
                              std::to_string(needing) + " need the item " + std::string(name_of(item)));
    units += needing;
  });
  return units;
}

}  // namespace

/// From the flows, cell by cell in cell order.
void audit_crossings(AuditRun& run) {
  if (run.board().missing.empty() || run.in.demand.needing.empty()) return;
  Money expected;
  for (const CellId cell : run.s().cells.ids()) {
    if (run.board().missing[cell].empty()) continue;
    const std::int64_t volume = run.in.cell_volume[cell];
    if (volume == 0 || run.in.demand.units[cell] <= 0) continue;
    const std::int64_t without = units_without(run, cell);
    if (without == 0) continue;
    const double sold = core::real(volume) * run.flows.fill(run.in.table.class_of_cell[cell]) *
                        run.board().unit_price[run.s().cells.decode(cell).alternative] * 1e-6 * run.in.interval.days();
    expected += Money::from_usd(sold * (core::real(without) / core::real(run.in.demand.units[cell])) *
                                run.parameters().integration.crossing_cost);
  }
  run.expect(run.parties().enterprises(), run.parties().services(), Category::Crossing, expected);
}

}  // namespace rackrate::market
