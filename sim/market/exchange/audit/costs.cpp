#include <algorithm>
#include <cmath>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/exchange/audit/audit_run.hpp"
#include "sim/market/exchange/clearing/chip_ports.hpp"
#include "sim/market/exchange/finance/other_business.hpp"
#include "sim/market/primitives/finance.hpp"
#include "sim/market/view/demand_factor.hpp"

namespace rackrate::market {
namespace {

/// What a purchase of capital comes to by its quantity and the scenario's prices: units of a chip or kilowatts of a
/// site.
Money capital_value(const Parameters& p, const CapitalPayment& payment) {
  if (payment.chip.exists()) return Money::from_usd(p.chips[payment.chip].unit_price_usd) * payment.quantity;
  return Money::from_usd(core::real(payment.quantity) * 1e-3 * p.clouds[payment.cloud].facility_usd_per_mw);
}

/// The cost share of the firm as a chip maker; 0: it makes none, or states no cost.
double cost_share(const CompiledScenario& s, PartyId firm) {
  for (const VendorId vendor : s.parameters.vendors.ids())
    if (s.vendor_firm[vendor] == firm && s.parameters.vendors[vendor].cost_share > 0)
      return s.parameters.vendors[vendor].cost_share;
  return 0.0;
}

/// The value that all assets of a firm have lost: what was left of it before less what is left after.
void audit_depreciation(AuditRun& run) {
  Table<PartyId, Money> before(run.s().parties.size()), after(run.s().parties.size());
  for (const auto& asset : run.in.capital.assets) {
    before[asset.firm] += asset.cost - depreciated(asset.cost, asset.age, asset.life());
    after[asset.firm] += asset.cost - depreciated(asset.cost, asset.age + run.in.interval.length(), asset.life());
  }
  for (const PartyId firm : before.ids()) {
    const Side side{firm, Layer::Infrastructure};
    run.expect(side, side, Category::Depreciation, before[firm] - after[firm]);
  }
}

/// Channels other than the lab's own through which anybody may buy anything of it, alternative by alternative.
std::int64_t open_channels(const AuditRun& run, LabId lab) {
  const auto& s = run.s();
  Table<ChannelId, bool> open(s.parameters.channels.size(), false);
  for (const AlternativeId a : s.alternatives.ids()) {
    const auto& alternative = s.alternatives[a];
    if (alternative.lab != lab ||
        s.parameters.vocabulary.channels[alternative.channel.position()] == contracts::kOwnChannel)
      continue;
    for (const CellId cell : s.cells.of(a))
      if (run.in.view.access().cells[cell].state != Permission::No) open[alternative.channel] = true;
  }
  return std::count(open.begin(), open.end(), true);
}

/// Effort for channels, channel by channel: the scenario's share at the bound, in proportion below.
double effort_share(const AuditRun& run, LabId lab) {
  const auto& policy = run.parameters().labs[lab].steering;
  double share = 0.0;
  for (const ChannelId channel : run.parameters().channels.ids()) {
    const double effort = run.board().labs[lab].effort_on(channel);
    if (effort > 0 && policy.bound > 0) share += effort / policy.bound;
  }
  return share * policy.cost_share;
}

void audit_lab_costs(AuditRun& run) {
  const auto& labs = run.parameters().labs;
  const Side suppliers = run.parties().suppliers();
  for (const LabId lab : labs.ids()) {
    const Side payer = run.parties().lab(lab);
    run.expect(payer, suppliers, Category::OtherCost, scaled(run.receipts.by_lab[lab], labs[lab].other_cost_share));
    run.expect(payer, suppliers, Category::OtherCost, scaled(run.receipts.by_lab[lab], effort_share(run, lab)));
    const double each = labs[lab].channel_cost_usd * run.in.interval.days() / core::kDaysPerYear;
    if (each <= 0) continue;
    run.expect(payer, suppliers, Category::OtherCost, Money::from_usd(core::real(open_channels(run, lab)) * each));
  }
}

/// Work on ports: what is left of it before the interval and not after it.
void audit_ports(AuditRun& run) {
  const auto left = [](const ChipPort& port, core::SimTime t) {
    return Money::from_usd(port.cost_usd) - port_spent(port, t);
  };
  for (const LabId lab : run.parameters().labs.ids()) {
    Money spent;
    for (const ChipPort& port : run.parameters().labs[lab].chips)
      spent += left(port, run.in.interval.start) - left(port, run.in.interval.end);
    run.expect(run.parties().lab(lab), run.parties().suppliers(), Category::OtherCost, spent);
  }
}

/// The value that a cloud's capital outside AI has lost.
Money lost_outside_ai(const AuditRun& run, CloudId cloud) {
  Money before, after;
  for (const auto& asset : run.in.capital.other) {
    if (asset.cloud != cloud) continue;
    before += asset.cost - depreciated(asset.cost, asset.age, asset.life());
    after += asset.cost - depreciated(asset.cost, asset.age + run.in.interval.length(), asset.life());
  }
  return before - after;
}

/// What is spent outside AI: a month's part of the path, times the noise of its quarter, where a month begins.
void audit_other_capital(AuditRun& run) {
  const auto& p = run.parameters();
  const int month = core::month_index(run.start());
  if (run.start() != std::max(p.run.start, core::month_start(month))) return;
  for (const CloudId c : p.clouds.ids()) {
    const auto& other = p.clouds[c].other;
    if (other.capex_usd <= 0) continue;
    const double year = other.capex_usd * other.capex_growth.level(years_since_start(p, run.start())) *
                        other_spending_noise(run.in.view, c, month);
    run.expect(run.parties().cloud(c), run.parties().suppliers(), Category::Capex,
               Money::from_usd(year * core::in_years(core::month_start(month + 1) - run.start())));
  }
}

/// The clouds' other business, from the scenario's growth path.
void audit_other_business(AuditRun& run) {
  const auto& clouds = run.parameters().clouds;
  const Parties parties = run.parties();
  const double years = years_since_start(run.parameters(), run.start());
  for (const CloudId c : clouds.ids()) {
    const auto& cloud = clouds[c];
    if (cloud.base_revenue_usd <= 0) continue;
    const double years_of_sales = cloud.base_growth.level(years) * other_business_factor(run.board(), c) *
                                  run.in.interval.days() / core::kDaysPerYear;
    const Money sale = Money::from_usd(years_of_sales * cloud.base_revenue_usd);
    run.expect(parties.enterprises(), parties.cloud(c), Category::OtherSale, sale);
    const Money lost = lost_outside_ai(run, c), cost = scaled(sale, 1.0 - cloud.base_margin);
    run.expect(parties.cloud(c), parties.cloud(c), Category::Depreciation, lost);
    run.expect(parties.cloud(c), parties.suppliers(), Category::OtherCost, cost > lost ? cost - lost : Money{});
  }
}

}  // namespace

void audit_running_costs(AuditRun& run) {
  const auto& s = run.s();
  Table<CloudId, std::int64_t> kwh(run.parameters().clouds.size(), 0);
  for (const PoolId pool : s.pools.ids())  // whole kWh a day
    kwh[s.pools[pool].cloud] +=
        core::whole(std::floor(run.board().pools[pool].power_kw * 24.0 + 0.5), "energy, in kWh,");
  for (const CloudId c : kwh.ids()) {
    const auto& cloud = run.parameters().clouds[c];
    const double drawn = core::real(kwh[c]) * run.in.interval.days();
    const Side payer = run.parties().cloud(c), suppliers = run.parties().suppliers();
    run.expect(payer, suppliers, Category::Energy, Money::from_usd(drawn * (cloud.energy_usd_per_mwh * 1e-3)));
    run.expect(payer, suppliers, Category::Operations,
               Money::from_usd(drawn * (cloud.opex_usd_per_kw_year / core::kHoursPerYear)));
  }
}

void audit_capital(AuditRun& run) {
  const Side suppliers = run.parties().suppliers();
  for (const auto& payment : run.in.capital.payments) {
    // A firm that builds its own silicon pays those who make it.
    const Side seller{payment.payee == payment.firm ? suppliers.party : payment.payee, Layer::Infrastructure};
    const Money value = capital_value(run.parameters(), payment);
    run.expect({payment.firm, Layer::Infrastructure}, seller, Category::Capex, value);
    if (const double share = cost_share(run.s(), seller.party); share > 0)
      run.expect(seller, suppliers, Category::OtherCost, scaled(value, share));
  }
  audit_other_capital(run);
  audit_depreciation(run);
}

/// Governance and migration: the enterprises' own running rates and payments, published at the barrier. What messages
/// brought must agree.
void audit_other(AuditRun& run) {
  audit_other_business(run);
  audit_lab_costs(run);
  audit_ports(run);
  const Side enterprises = run.parties().enterprises(), services = run.parties().services();
  const auto& board = run.board();
  run.expect(enterprises, services, Category::Governance,
             Money::from_usd(core::real(board.governance.tenthousandths()) * 1e-4 * board.volume_growth *
                             run.in.interval.days()));
  run.expect(enterprises, services, Category::Migration, board.migration - run.book.migration_seen);
  run.book.migration_seen = board.migration;
}

}  // namespace rackrate::market
