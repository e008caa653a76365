#include "sim/core/whole.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"

namespace rackrate::market {

/// From what flowed on the arcs into the pools of each cloud.
void audit_fleet_uses(AuditRun& run) {
  const auto& table = run.in.table;
  const auto& clouds = run.parameters().clouds;
  Table<CloudId, std::int64_t> own(clouds.size(), 0), customers(clouds.size(), 0);
  for (const ArcId a : run.in.solution.used) {
    const auto& arc = table.network.arcs[a];
    const FleetUse use = table.classes[table.demand_class(arc)].use;
    if (use == FleetUse::Labs) continue;
    (use == FleetUse::Own ? own : customers)[run.s().pools[table.pool(arc)].cloud] += run.in.solution.flow[a];
  }
  const Side buyers = run.parties().enterprises();
  for (const CloudId c : clouds.ids()) {
    const auto& signal = run.board().clouds[c];
    const Side fleet = run.parties().cloud(c), products{fleet.party, Layer::Application};
    const double own_hours = core::real(own[c]) * run.in.interval.hours();
    const double sold_hours = core::real(customers[c]) * run.in.interval.hours();
    const double stated = clouds[c].own_use.income_usd;
    run.expect(buyers, products, Category::OwnProducts,
               Money::from_usd(own_hours * (stated >= 0 ? stated : signal.cost_per_h100e_hour)));
    run.expect(products, fleet, Category::OwnHosting, Money::from_usd(own_hours * signal.cost_per_h100e_hour));
    run.expect(buyers, fleet, Category::CustomerHosting,
               Money::from_usd(sold_hours * (clouds[c].price_usd * signal.price_index)));
  }
}

}  // namespace rackrate::market
