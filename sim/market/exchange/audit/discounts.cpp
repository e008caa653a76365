#include "sim/market/exchange/terms/discounts.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"

namespace rackrate::market {
namespace {

/// What a class's buyers should be given off the list, cell by cell, by the cloud that sells it.
void expect_of_class(const AuditRun& run, ClassId k, Table<CloudId, AccountCosts>& costs) {
  const auto& s = run.s();
  const auto& demand = run.in.demand;
  for (const CellId cell : run.in.table.classes[k].cells) {
    if (demand.premium[cell] == 0 && demand.rebated[cell] == 0) continue;
    const AlternativeId a = s.cells.decode(cell).alternative;
    const CloudId cloud = s.alternatives[a].cloud;
    const std::int64_t volume = run.in.cell_volume[cell];
    if (volume == 0 || demand.units[cell] <= 0) continue;
    const double usd =
        core::real(volume) * run.flows.fill(k) * run.board().unit_price[a] * 1e-6 * run.in.interval.days();
    costs[cloud].discount += Money::from_usd(usd * rebated_share(demand, cell));
    costs[cloud].service += Money::from_usd(usd * premium_share(demand, cell) * run.parameters().buyers.service_cost);
  }
}

}  // namespace

/// Discounts from the flows, class by class. Shortfalls as the accounts themselves have published what they paid.
void audit_discounts(AuditRun& run) {
  if (run.in.demand.rebated.empty()) return;
  Table<CloudId, AccountCosts> costs(run.parameters().clouds.size());
  for (const ClassId k : run.in.table.classes.ids()) expect_of_class(run, k, costs);
  auto& seen = run.book.account_shortfalls_seen;
  seen.resize(costs.size());
  for (const CloudId cloud : costs.ids()) {
    const Side seller{run.s().cloud_firm[cloud], Layer::Deployment}, buyers = run.parties().enterprises();
    run.expect(seller, buyers, Category::Discount, costs[cloud].discount);
    run.expect(seller, run.parties().suppliers(), Category::OtherCost, costs[cloud].service);
    if (run.board().account_shortfalls.empty()) continue;
    const Money paid = run.board().account_shortfalls[cloud];
    run.expect(buyers, seller, Category::Shortfall, paid - seen[cloud]);
    seen[cloud] = paid;
  }
}

}  // namespace rackrate::market
