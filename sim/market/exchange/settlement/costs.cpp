#include <algorithm>
#include <cmath>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/chip_ports.hpp"
#include "sim/market/exchange/settlement/settlement_run.hpp"
#include "sim/market/pricing/effort_cost.hpp"
#include "sim/market/primitives/finance.hpp"
#include "sim/market/view/demand_factor.hpp"

/// What the sellers pay: energy, operations, capital, and other costs; and what enterprises pay beside their purchases.
namespace rackrate::market {
namespace {

/// Whole kWh a day, whatever the length of the interval, or short intervals would round small pools to nothing.
std::int64_t kwh_per_day(const Board& board, PoolId pool) {
  return core::whole(std::floor(board.pools[pool].power_kw * 24.0 + 0.5), "energy, in kWh,");
}

/// A chip maker pays its own suppliers, where it states a cost.
void settle_vendor_cost(SettlementRun& run, Side vendor, Money sales) {
  const auto& p = run.parameters();
  for (const auto& maker : p.vendors) {
    const auto firm = index_of(p.vocabulary.firms, maker.firm);
    if (!firm || PartyId(*firm) != vendor.party || maker.cost_share <= 0) continue;
    run.pay(vendor, run.parties().suppliers(), Category::OtherCost, scaled(sales, maker.cost_share));
    break;
  }
}

void settle_depreciation(SettlementRun& run) {
  Table<PartyId, Money> worn(run.s().parties.size());
  for (const auto& asset : run.in.capital.assets)
    worn[asset.firm] += depreciated(asset.cost, asset.age + run.in.interval.length(), asset.life()) -
                        depreciated(asset.cost, asset.age, asset.life());
  for (const PartyId firm : worn.ids()) {
    const Side side{firm, Layer::Infrastructure};
    run.pay(side, side, Category::Depreciation, worn[firm]);
  }
}

/// What a cloud's capital outside AI has lost in the interval, as far as its other revenue is earned with it.
Money worn_outside_ai(const SettlementRun& run, CloudId cloud) {
  Money worn;
  for (const auto& asset : run.in.capital.other)
    if (asset.cloud == cloud)
      worn += depreciated(asset.cost, asset.age + run.in.interval.length(), asset.life()) -
              depreciated(asset.cost, asset.age, asset.life());
  return worn;
}

/// Revenue of the clouds that is not AI, and its cost. The margin is after depreciation: what capital has lost is not
/// paid to suppliers again.
void settle_other_business(SettlementRun& run) {
  const double years = years_since_start(run.parameters(), run.start());
  for (const CloudId c : run.parameters().clouds.ids()) {
    const auto& cloud = run.parameters().clouds[c];
    if (cloud.base_revenue_usd <= 0) continue;
    const double per_interval = cloud.base_growth.level(years) * other_business_factor(run.board(), c) *
                                run.in.interval.days() / core::kDaysPerYear;
    const Side side = run.parties().cloud(c);
    const Money sale = Money::from_usd(cloud.base_revenue_usd * per_interval);
    run.pay(run.parties().enterprises(), side, Category::OtherSale, sale);
    const Money cost = scaled(sale, 1.0 - cloud.base_margin), worn = worn_outside_ai(run, c);
    run.pay(side, side, Category::Depreciation, worn);
    run.pay(side, run.parties().suppliers(), Category::OtherCost, std::max(Money{}, cost - worn));
  }
}

/// Costs other than compute, and the lab's cost of each channel other than its own.
void settle_lab_costs(SettlementRun& run) {
  const auto& labs = run.parameters().labs;
  for (const LabId lab : labs.ids()) {
    const Side payer = run.parties().lab(lab), suppliers = run.parties().suppliers();
    const Money revenue = run.out.receipts.by_lab[lab];
    run.pay(payer, suppliers, Category::OtherCost, scaled(revenue, labs[lab].other_cost_share));
    run.pay(payer, suppliers, Category::OtherCost,
            scaled(revenue, effort_cost_share(labs[lab].steering, run.board().labs[lab])));
  }
  for (const LabId lab : labs.ids()) {
    const double each = labs[lab].channel_cost_usd * run.in.interval.days() / core::kDaysPerYear;
    if (each <= 0) continue;
    const double channels = core::real(run.in.view.access().lab_channels[lab].count());
    run.pay(run.parties().lab(lab), run.parties().suppliers(), Category::OtherCost, Money::from_usd(channels * each));
  }
}

/// Work on ports to further kinds of chip.
void settle_ports(SettlementRun& run) {
  const auto& labs = run.parameters().labs;
  for (const LabId lab : labs.ids())
    for (const ChipPort& port : labs[lab].chips)
      run.pay(run.parties().lab(lab), run.parties().suppliers(), Category::OtherCost,
              port_spent(port, run.in.interval.end) - port_spent(port, run.in.interval.start));
}

/// What enterprises spend on governance and on migration, as their decisions added up.
void settle_governance(SettlementRun& run) {
  Money rate;
  for (const auto of_segment : run.in.demand.governance) rate += of_segment;
  run.pay(
      run.parties().enterprises(), run.parties().services(), Category::Governance,
      Money::from_usd(core::real(rate.tenthousandths()) * 1e-4 * run.board().volume_growth * run.in.interval.days()));
  run.pay(run.parties().enterprises(), run.parties().services(), Category::Migration, run.in.demand.migration);
}

}  // namespace

void settle_running_costs(SettlementRun& run) {
  const auto& s = run.s();
  for (const CloudId c : run.parameters().clouds.ids()) {
    const auto& cloud = run.parameters().clouds[c];
    std::int64_t kwh = 0;
    for (const PoolId pool : s.pools_of_cloud[c]) kwh += kwh_per_day(run.board(), pool);
    const double drawn = core::real(kwh) * run.in.interval.days();
    const double energy = cloud.energy_usd_per_mwh * 1e-3;
    const double operations = cloud.opex_usd_per_kw_year / core::kHoursPerYear;
    const Side payer = run.parties().cloud(c);
    run.pay(payer, run.parties().suppliers(), Category::Energy, Money::from_usd(drawn * energy));
    run.pay(payer, run.parties().suppliers(), Category::Operations, Money::from_usd(drawn * operations));
  }
}

void settle_capital(SettlementRun& run) {
  for (const auto& payment : run.in.capital.payments) {
    const Side owner{payment.firm, Layer::Infrastructure};
    // A firm that builds its own silicon pays those who make it.
    const PartyId payee = payment.payee == payment.firm ? run.s().suppliers : payment.payee;
    const Side vendor{payee, Layer::Infrastructure};
    run.pay(owner, vendor, Category::Capex, payment.amount);
    settle_vendor_cost(run, vendor, payment.amount);
  }
  for (const auto& [cloud, amount] : run.in.capital.other_paid)
    run.pay(run.parties().cloud(cloud), run.parties().suppliers(), Category::Capex, amount);
  settle_depreciation(run);
}

void settle_other(SettlementRun& run) {
  settle_other_business(run);
  settle_lab_costs(run);
  settle_ports(run);
  settle_governance(run);
}

}  // namespace rackrate::market
