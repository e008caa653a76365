#include "sim/market/exchange/terms/discounts.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"

namespace rackrate::market {
namespace {

/// What a cell's buyers are charged at list for what was served, $ in the interval.
double charged_at_list(const SettlementRun& run, const CellLoad& cell) {
  return core::real(cell.volume) * run.in.allocation.classes[cell.demand_class].fill *
         run.board().unit_price[cell.alternative] * 1e-6 * run.in.interval.days();
}

/// Each cell is rounded once, so that any order gives the same sum.
Table<ChannelId, AccountCosts> account_costs(const SettlementRun& run) {
  const DemandState& demand = run.in.demand;
  Table<ChannelId, AccountCosts> costs(run.parameters().channels.size());
  for (const CellLoad& cell : run.in.load.cells) {
    if ((demand.rebated[cell.cell] | demand.premium[cell.cell]) == 0 || demand.units[cell.cell] <= 0) continue;
    const double list = charged_at_list(run, cell);
    auto& cost = costs[run.s().alternatives[cell.alternative].channel];
    cost.discount += Money::from_usd(list * rebated_share(demand, cell.cell));
    cost.service += Money::from_usd(list * premium_share(demand, cell.cell) * run.parameters().buyers.service_cost);
  }
  return costs;
}

/// What accounts were short of their commitments.
void settle_account_shortfalls(SettlementRun& run) {
  for (const CloudId cloud : run.parameters().clouds.ids())
    run.pay(run.parties().enterprises(), account_seller(run.s(), cloud), Category::Shortfall,
            run.in.demand.account_shortfall[cloud]);
}

}  // namespace

void settle_discounts(SettlementRun& run) {
  if (run.in.demand.rebated.empty()) return;
  const auto costs = account_costs(run);
  for (const ChannelId channel : costs.ids()) {
    if (!run.s().channel_cloud[channel].exists()) continue;
    const Side seller = account_seller(run.s(), run.s().channel_cloud[channel]);
    run.pay(seller, run.parties().enterprises(), Category::Discount, costs[channel].discount);
    run.pay(seller, run.parties().suppliers(), Category::OtherCost, costs[channel].service);
  }
  settle_account_shortfalls(run);
}

}  // namespace rackrate::market
