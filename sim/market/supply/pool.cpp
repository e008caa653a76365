#include "sim/market/supply/pool.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/core/whole.hpp"
#include "sim/market/primitives/power.hpp"
#include "sim/market/supply/lookup.hpp"
#include "sim/market/supply/site_plan.hpp"
#include "sim/market/supply/vendor.hpp"

namespace rackrate::market {
namespace {

void add_by_month(std::vector<double>& months, std::size_t month, double value) {
  if (months.size() <= month) months.resize(month + 1, 0.0);
  months[month] += value;
}

/// Units that arrived or stood there on the first day, with the month in which they retire.
CohortId add_cohort(const CompiledScenario& s, Pool& pool, ChipId chip, std::int64_t units, core::SimTime retires) {
  const std::size_t month = plan_months(s.parameters).of(retires);
  const CohortId cohort = pool.cohorts.push_back({chip, units, static_cast<std::int32_t>(month)});
  add_by_month(pool.signal.retiring, month, core::real(units) * s.parameters.chips[chip].h100e);
  return cohort;
}

core::SimTime retirement(const CompiledScenario& s, ChipId chip, core::SimTime now) {
  return now + core::years(s.parameters.chips[chip].life_years);
}

/// Pays for units of a chip, or for kilowatts of a site (no chip).
void pay(const MarketView& view, Pool& pool, Context& context, CapitalKind what, Money amount, PartyId payee,
         ChipId chip, std::int64_t quantity) {
  const auto& s = view.compiled();
  if (amount == Money{}) return;
  pool.payments.push_back({context.now(), s.pools[pool.id].cloud, what, amount.usd()});
  add_by_month(pool.signal.paid, plan_months(s.parameters).of(context.now()), amount.usd());
  send(context, view.regime.directory.exchange, CapexPaid{s.pools[pool.id].cloud, payee, chip, amount, quantity});
}

/// The fleet by chip, for the rule that decides what runs.
std::vector<FleetLine> fleet_of(const CompiledScenario& s, const Pool& pool) {
  const auto& chips = s.parameters.chips;
  Table<ChipId, std::int64_t> units(chips.size(), 0);
  for (const auto& cohort : pool.cohorts) units[cohort.chip] += cohort.units;
  std::vector<FleetLine> fleet;
  for (const ChipId id : chips.ids())
    fleet.push_back({core::name_hash(chips[id].name), units[id], chips[id].h100e, chips[id].facility_kw,
                     cloud_of(s, pool.id).availability});
  return fleet;
}

void on_lot(Pool& pool, const LotArrives& lot, const MarketView& view, Context& context) {
  const auto& s = view.compiled();
  const core::SimTime retires = retirement(s, lot.chip, context.now());
  const CohortId cohort = add_cohort(s, pool, lot.chip, lot.units, retires);
  pool.received += core::real(lot.units) * s.parameters.chips[lot.chip].h100e;
  schedule(context, retires, RetireDue{cohort});
  send(context, view.regime.directory.exchange,
       LotInService{s.pools[pool.id].cloud, lot.chip, lot.unit_price * lot.units});
}

void on_shipped(Pool& pool, const LotShipped& lot, const MarketView& view, Context& context) {
  pool.shipped += core::real(lot.units) * view.parameters().chips[lot.chip].h100e;
  pay(view, pool, context, CapitalKind::Chips, lot.unit_price * lot.units, lot.vendor, lot.chip, lot.units);
}

/// Pays suppliers for kilowatts' worth of a site.
void pay_site(Pool& pool, const MarketView& view, Context& context, CapitalKind what, std::int64_t kilowatts) {
  const auto& s = view.compiled();
  if (kilowatts <= 0) return;
  const double usd = core::real(kilowatts) * 1e-3 * cloud_of(s, pool.id).facility_usd_per_mw;
  pay(view, pool, context, what, Money::from_usd(usd, "a site, in $,"), s.suppliers, {}, kilowatts);
}

void on_power(Pool& pool, const PowerOn& power, const MarketView& view, Context& context) {
  const auto& s = view.compiled();
  const double kilowatts = core::real(power.kilowatts);
  if (pool.energised_kw >= 0) pool.energised_kw += kilowatts;
  pool.delivered_kw += kilowatts;
  pay_site(pool, view, context, CapitalKind::Power,
           power.kilowatts - shell_part(cloud_of(s, pool.id).capital, power.kilowatts));
}

void on_site_begun(Pool& pool, const SiteBegun& site, const MarketView& view) {
  const auto& p = view.parameters();
  const auto& rule = cloud_of(view.compiled(), pool.id).capital;
  const core::SimTime from = core::month_start(site.month);
  add_shell(pool.shell_kw, plan_months(p), from, from + core::days(p.sites.lead_median_days),
            shell_of_site(rule, site.kilowatts), rule.deposit_share);
}

void retire(Pool& pool, const CompiledScenario& s, Cohort& cohort, std::int64_t units) {
  cohort.units -= units;
  add_by_month(pool.signal.retiring, static_cast<std::size_t>(cohort.month),
               -core::real(units) * s.parameters.chips[cohort.chip].h100e);
}

double compute_per_kw(const FleetLine& line) {
  return line.kw > 0 ? line.eta / line.kw : std::numeric_limits<double>::infinity();
}

/// Chips that had no power all of the time in which they were looked at, and that others in the pool beat, retire: the
/// oldest first.
void retire_idle(Pool& pool, const CompiledScenario& s) {
  const auto& cloud = cloud_of(s, pool.id);
  if (cloud.capital.idle_retirement_days < 0 || pool.energised_kw < 0) return;
  const std::vector<FleetLine> fleet = fleet_of(s, pool);
  const Powered on = power_fleet(fleet, pool.energised_kw);
  double best = 0.0;
  for (const auto& line : fleet)
    if (line.units > 0) best = std::max(best, compute_per_kw(line));
  pool.idle.resize(s.parameters.chips.size());
  for (const ChipId chip : s.parameters.chips.ids()) {
    const auto& line = fleet[chip.position()];
    IdleSpell& spell = pool.idle[chip];
    const std::int64_t idle = line.units - on.on[chip.position()];
    if (idle <= 0 || compute_per_kw(line) >= best) {
      spell = {};
      continue;
    }
    spell.units = spell.months == 0 ? idle : std::min(spell.units, idle);
    if (++spell.months * core::kDaysPerYear / 12.0 < cloud.capital.idle_retirement_days) continue;
    for (auto& cohort : pool.cohorts) {
      if (cohort.chip != chip || spell.units <= 0) continue;
      const std::int64_t units = std::min(spell.units, cohort.units);
      retire(pool, s, cohort, units);
      spell.units -= units;
    }
    spell = {};
  }
}

/// The last instant of every month, where shells are paid or idle chips retire.
bool keeps_months(const CapitalRule& rule) { return rule.shell_share > 0 || rule.idle_retirement_days >= 0; }

void on_month(Pool& pool, const MarketView& view, Context& context) {
  const std::size_t month = plan_months(view.parameters()).of(context.now());
  if (month < pool.shell_kw.size()) {
    pay_site(pool, view, context, CapitalKind::Shells, pool.shell_kw[month]);
    pool.shell_kw[month] = 0;
  }
  retire_idle(pool, view.compiled());
  schedule(context, just_before(core::month_start(core::month_index(context.now()) + 2)), PoolMonth{});
}

}  // namespace

double years_left(const CompiledScenario& s, PoolId pool, ChipId chip) {
  return std::max(0.0, s.parameters.chips[chip].life_years - cloud_of(s, pool).fleet_age_years);
}

PlanMonths plan_months(const Parameters& p) {
  const int first = core::month_index(p.run.start);
  const int last = core::month_index(p.run.end + core::days(p.sites.lead_median_days)) + 12;
  return {first, last - first + 1};
}

void refresh(const CompiledScenario& s, Pool& pool) {
  const auto& cloud = cloud_of(s, pool.id);
  const std::vector<FleetLine> fleet = fleet_of(s, pool);
  const Powered on = power_fleet(fleet, pool.energised_kw < 0 ? facility_kw(fleet) + 1.0 : pool.energised_kw);

  PoolSignal signal;
  signal.paid = std::move(pool.signal.paid);
  signal.retiring = std::move(pool.signal.retiring);
  for (const ChipId chip : pool.idle.ids())
    signal.idle_retiring += core::real(pool.idle[chip].units) * s.parameters.chips[chip].h100e;
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    const double powered = core::real(on.on[i]);
    signal.chip_h100e.push_back(
        core::whole(std::floor(powered * fleet[i].eta * cloud.availability + 1e-6), "the compute of a chip"));
    signal.chip_powered.push_back(on.h100e[i]);
  }
  signal.power_kw = on.drawn_kw;
  signal.installed = installed_h100e(fleet);
  signal.unpowered = signal.installed - on.powered_h100e;
  signal.down = on.powered_h100e - on.up_h100e;
  signal.available = on.up_h100e;
  signal.energised_kw = pool.energised_kw;
  signal.received = core::whole(std::floor(pool.received + 1e-6), "compute received");
  signal.shipped = core::whole(std::floor(pool.shipped + 1e-6), "compute shipped");
  signal.delivered_kw = pool.delivered_kw;
  pool.signal = std::move(signal);
}

Pool first_pool(const CompiledScenario& s, PoolId id) {
  Pool pool;
  pool.id = id;
  const auto& region = region_of(s, id);
  pool.energised_kw = region.power_mw < 0 ? -1.0 : region.power_mw * 1e3;
  const auto& p = s.parameters;
  for (const auto& entry : region.fleet) {
    const ChipId chip = chip_named(s, entry.chip);
    add_cohort(s, pool, chip, core::whole(entry.units + 0.5, "a fleet"),
               p.run.start + core::years(years_left(s, id, chip)));
  }
  const auto& rule = cloud_of(s, id).capital;
  for (const auto& site : region.sites)
    add_shell(pool.shell_kw, plan_months(p), p.run.start, site.energised,
              shell_part(rule, core::whole(site.megawatts * 1e3 + 0.5, "a site")), 0.0);
  refresh(s, pool);
  return pool;
}

std::vector<FirstEvent> first_events(const CompiledScenario& s, const Pool& pool) {
  std::vector<FirstEvent> events;
  const auto& p = s.parameters;
  const auto& region = region_of(s, pool.id);
  for (const auto& lot : region.lots) {
    const ChipId chip = chip_named(s, lot.chip);
    const LotArrives message{chip, s.vendor_firm[s.chip_vendor[chip]], core::whole(lot.units + 0.5, "a lot"),
                             Money::from_usd(p.chips[chip].unit_price_usd)};
    events.emplace_back(just_before(lot.arrives), message);
    if (const auto shipped = shipped_at(p, s.chip_vendor[chip], lot.arrives); shipped > p.run.start)
      events.emplace_back(just_before(shipped), LotShipped{chip, message.vendor, message.units, message.unit_price});
  }
  for (const auto& site : region.sites)
    events.emplace_back(just_before(site.energised), PowerOn{core::whole(site.megawatts * 1e3 + 0.5, "a site")});
  for (const CohortId cohort : pool.cohorts.ids())
    events.emplace_back(p.run.start + core::years(years_left(s, pool.id, pool.cohorts[cohort].chip)),
                        RetireDue{cohort});
  if (keeps_months(cloud_of(s, pool.id).capital))
    events.emplace_back(just_before(core::month_start(core::month_index(p.run.start) + 1)), PoolMonth{});
  return events;
}

void handle_pool(Pool& pool, const MarketView& view, Context& context, const Event& event) {
  switch (event_kind(event)) {
    case EventKind::LotShipped: on_shipped(pool, receive<LotShipped>(event), view, context); break;
    case EventKind::LotArrives: on_lot(pool, receive<LotArrives>(event), view, context); break;
    case EventKind::PowerOn: on_power(pool, receive<PowerOn>(event), view, context); break;
    case EventKind::SiteBegun: on_site_begun(pool, receive<SiteBegun>(event), view); break;
    case EventKind::PoolMonth: on_month(pool, view, context); break;
    case EventKind::RetireDue: {
      Cohort& cohort = pool.cohorts[receive<RetireDue>(event).cohort];
      retire(pool, view.compiled(), cohort, cohort.units);
      break;
    }
    default: return;
  }
  refresh(view.compiled(), pool);
}

}  // namespace rackrate::market
