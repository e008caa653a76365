#include "sim/core/whole.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"

namespace rackrate::market {
namespace {

/// Own products pay the fleet what an hour costs. What they bring is what the scenario states, or as much.
void settle_own_use(SettlementRun& run, CloudId cloud, double hours) {
  const Side fleet = run.parties().cloud(cloud), products{fleet.party, Layer::Application};
  const double cost = run.board().clouds[cloud].cost_per_h100e_hour;
  const double income = run.parameters().clouds[cloud].own_use.income_usd;
  run.pay(run.parties().enterprises(), products, Category::OwnProducts,
          Money::from_usd(hours * (income >= 0 ? income : cost)));
  run.pay(products, fleet, Category::OwnHosting, Money::from_usd(hours * cost));
}

void settle_customers(SettlementRun& run, CloudId cloud, double hours) {
  const double price = run.parameters().clouds[cloud].price_usd * run.board().clouds[cloud].price_index;
  run.pay(run.parties().enterprises(), run.parties().cloud(cloud), Category::CustomerHosting,
          Money::from_usd(hours * price));
}

}  // namespace

void settle_fleet_uses(SettlementRun& run) {
  for (const ClassId k : run.in.table.classes.ids()) {
    const auto& c = run.in.table.classes[k];
    if (c.use == FleetUse::Labs) continue;
    const double hours = core::real(run.in.allocation.classes[k].served) * run.in.interval.hours();
    c.use == FleetUse::Own ? settle_own_use(run, c.cloud, hours) : settle_customers(run, c.cloud, hours);
  }
}

}  // namespace rackrate::market
