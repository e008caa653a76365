#include "sim/market/supply/pool.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/whole.hpp"
#include "sim/market/primitives/power.hpp"
#include "sim/market/supply/lookup.hpp"

namespace rackrate::market {
namespace {

/// The part of the fleet that serves activities outside the model pays for itself there: only this share of a purchase
/// reaches these books.
double modelled_share(const CompiledScenario& s, const Pool& pool) { return 1.0 - cloud_of(s, pool.id).internal_share; }

/// The clearing at T reads what was published before T: what is to count from T on happens in the instant before.
core::SimTime just_before(core::SimTime t) { return t - core::SimDuration{1}; }

void retire_later(const CompiledScenario& s, const Pool& pool, CohortId cohort, Context& context) {
  const auto& chip = s.parameters.chips[pool.cohorts[cohort].chip];
  schedule(context, context.now() + core::years(chip.life_years), RetireDue{cohort});
}

/// Pays for units of a chip, or for kilowatts of a site (no chip).
void pay(const MarketView& view, const Pool& pool, Context& context, Money amount, PartyId payee, ChipId chip,
         std::int64_t quantity) {
  const auto& s = view.compiled();
  if (amount == Money{}) return;
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
  const CohortId cohort = pool.cohorts.push_back({lot.chip, lot.units});
  pool.received += core::real(lot.units) * s.parameters.chips[lot.chip].h100e;
  retire_later(s, pool, cohort, context);
  const Money amount = scaled(lot.unit_price * lot.units, modelled_share(s, pool));
  pay(view, pool, context, amount, lot.vendor, lot.chip, lot.units);
}

void on_power(Pool& pool, const PowerOn& power, const MarketView& view, Context& context) {
  const auto& s = view.compiled();
  const double kilowatts = core::real(power.kilowatts);
  if (pool.energised_kw >= 0) pool.energised_kw += kilowatts;
  pool.delivered_kw += kilowatts;
  const double usd = kilowatts * 1e-3 * cloud_of(s, pool.id).facility_usd_per_mw * modelled_share(s, pool);
  pay(view, pool, context, Money::from_usd(usd, "a site, in $,"), s.suppliers, {}, power.kilowatts);
}

}  // namespace

void refresh(const CompiledScenario& s, Pool& pool) {
  const auto& cloud = cloud_of(s, pool.id);
  const std::vector<FleetLine> fleet = fleet_of(s, pool);
  const Powered on = power_fleet(fleet, pool.energised_kw < 0 ? facility_kw(fleet) + 1.0 : pool.energised_kw);

  PoolSignal signal;
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    const double powered = core::real(on.on[i]);
    signal.power_kw += fleet[i].kw * powered;
    signal.chip_h100e.push_back(
        core::whole(std::floor(powered * fleet[i].eta * cloud.availability * (1.0 - cloud.internal_share) + 1e-6),
                    "the compute of a chip"));
  }
  signal.installed = installed_h100e(fleet);
  signal.unpowered = signal.installed - on.powered_h100e;
  signal.down = on.powered_h100e - on.up_h100e;
  signal.internal = core::whole(std::floor(core::real(on.up_h100e) * cloud.internal_share + 1e-6), "a fleet");
  signal.available = on.up_h100e - signal.internal;
  signal.energised_kw = pool.energised_kw;
  signal.received = core::whole(std::floor(pool.received + 1e-6), "compute received");
  signal.delivered_kw = pool.delivered_kw;
  pool.signal = signal;
}

Pool first_pool(const CompiledScenario& s, PoolId id) {
  Pool pool;
  pool.id = id;
  const auto& region = region_of(s, id);
  pool.energised_kw = region.power_mw < 0 ? -1.0 : region.power_mw * 1e3;
  for (const auto& entry : region.fleet)
    pool.cohorts.push_back({chip_named(s, entry.chip), core::whole(entry.units + 0.5, "a fleet")});
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
  }
  for (const auto& site : region.sites)
    events.emplace_back(just_before(site.energised), PowerOn{core::whole(site.megawatts * 1e3 + 0.5, "a site")});
  for (const CohortId cohort : pool.cohorts.ids()) {
    const auto& chip = p.chips[pool.cohorts[cohort].chip];
    const double left = std::max(0.0, chip.life_years - cloud_of(s, pool.id).fleet_age_years);
    events.emplace_back(p.run.start + core::years(left), RetireDue{cohort});
  }
  return events;
}

void handle_pool(Pool& pool, const MarketView& view, Context& context, const Event& event) {
  switch (event_kind(event)) {
    case EventKind::LotArrives: on_lot(pool, receive<LotArrives>(event), view, context); break;
    case EventKind::PowerOn: on_power(pool, receive<PowerOn>(event), view, context); break;
    case EventKind::RetireDue: pool.cohorts[receive<RetireDue>(event).cohort].units = 0; break;
    default: return;
  }
  refresh(view.compiled(), pool);
}

}  // namespace rackrate::market
