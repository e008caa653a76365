#include "sim/market/supply/pool.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/whole.hpp"
#include "sim/market/primitives/power.hpp"

namespace rackrate::market {
namespace {

const Cloud& cloud_of(const CompiledScenario& s, const Pool& pool) {
  return s.parameters.clouds[static_cast<std::size_t>(s.pools[static_cast<std::size_t>(pool.index)].cloud)];
}

int chip_index(const CompiledScenario& s, const std::string& name) {
  for (std::size_t i = 0; i < s.parameters.chips.size(); ++i)
    if (s.parameters.chips[i].name == name) return static_cast<int>(i);
  return -1;
}

std::int64_t to_money(double usd) { return core::tenthousandths(usd, "a purchase of capital, in $,"); }

/// The part of the fleet that serves activities outside the model pays for itself there: only the rest
/// of a purchase reaches these books.
std::int64_t modelled(const CompiledScenario& s, const Pool& pool, double usd) {
  return to_money(usd * (1.0 - cloud_of(s, pool).internal_share));
}

/// The clearing at T sees what was published before T: what is to count from T on happens in the instant before.
core::SimTime just_before(core::SimTime t) { return t - core::SimDuration{1}; }

void retire_later(const CompiledScenario& s, const Pool& pool, std::size_t cohort, Context& context) {
  const auto& chip = s.parameters.chips[static_cast<std::size_t>(pool.cohorts[cohort].chip)];
  context.schedule(context.now() + core::years(chip.life_years), static_cast<std::uint16_t>(Kind::RetireDue),
                   pack(RetireDue{static_cast<std::int32_t>(cohort)}), priority::kSupply);
}

void pay(const MarketView& view, const Pool& pool, Context& context, double usd, int payee, int chip,
         std::int64_t quantity) {
  const auto& s = view.compiled();
  const int cloud = s.pools[static_cast<std::size_t>(pool.index)].cloud;
  const std::int64_t amount = modelled(s, pool, usd);
  if (amount == 0) return;
  const CapexPaid paid{static_cast<std::int16_t>(cloud), static_cast<std::int16_t>(payee), chip, amount, quantity};
  context.send(view.regime.directory.exchange, context.window_end(), static_cast<std::uint16_t>(Kind::CapexPaid),
               pack(paid), priority::kSupply);
}

}  // namespace

void refresh(const CompiledScenario& s, Pool& pool) {
  const auto& chips = s.parameters.chips;
  const auto& cloud = cloud_of(s, pool);
  std::vector<std::int64_t> units(chips.size(), 0);
  for (const auto& cohort : pool.cohorts) units[static_cast<std::size_t>(cohort.chip)] += cohort.units;
  std::vector<FleetLine> fleet;
  for (std::size_t i = 0; i < chips.size(); ++i)
    fleet.push_back(
        {core::name_hash(chips[i].name), units[i], chips[i].h100e, chips[i].facility_kw, cloud.availability});
  const Powered on = power_fleet(fleet, pool.energised_kw < 0 ? facility_kw(fleet) + 1.0 : pool.energised_kw);

  PoolSignal signal;
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    signal.power_kw += fleet[i].kw * static_cast<double>(on.on[i]);
    signal.chip_h100e.push_back(core::whole(
        std::floor(static_cast<double>(on.on[i]) * chips[i].h100e * cloud.availability * (1.0 - cloud.internal_share) +
                   1e-6),
        "the compute of a chip"));
  }
  signal.installed = installed_h100e(fleet);
  signal.unpowered = signal.installed - on.powered_h100e;
  signal.down = on.powered_h100e - on.up_h100e;
  signal.internal = core::whole(std::floor(static_cast<double>(on.up_h100e) * cloud.internal_share + 1e-6), "a fleet");
  signal.available = on.up_h100e - signal.internal;
  signal.energised_kw = pool.energised_kw;
  signal.received = core::whole(std::floor(pool.received + 1e-6), "compute received");
  signal.delivered_kw = pool.delivered_kw;
  pool.signal = signal;
}

Pool first_pool(const CompiledScenario& s, int index) {
  Pool pool;
  pool.index = index;
  const auto& ref = s.pools[static_cast<std::size_t>(index)];
  const auto& region =
      s.parameters.clouds[static_cast<std::size_t>(ref.cloud)].regions[static_cast<std::size_t>(ref.position)];
  pool.energised_kw = region.power_mw < 0 ? -1.0 : region.power_mw * 1e3;
  for (const auto& entry : region.fleet)
    pool.cohorts.push_back({chip_index(s, entry.chip), core::whole(entry.units + 0.5, "a fleet")});
  refresh(s, pool);
  return pool;
}

std::vector<PoolEvent> first_events(const CompiledScenario& s, const Pool& pool) {
  std::vector<PoolEvent> events;
  const auto& p = s.parameters;
  const auto& ref = s.pools[static_cast<std::size_t>(pool.index)];
  const auto& cloud = p.clouds[static_cast<std::size_t>(ref.cloud)];
  const auto& region = cloud.regions[static_cast<std::size_t>(ref.position)];
  for (const auto& lot : region.lots) {
    const int chip = chip_index(s, lot.chip);
    const LotArrives message{
        chip, s.vendor_firm[static_cast<std::size_t>(s.chip_vendor[static_cast<std::size_t>(chip)])],
        core::whole(lot.units + 0.5, "a lot"), to_money(p.chips[static_cast<std::size_t>(chip)].unit_price_usd)};
    events.push_back({just_before(lot.arrives), Kind::LotArrives, pack(message)});
  }
  for (const auto& site : region.sites)
    events.push_back(
        {just_before(site.energised), Kind::PowerOn, pack(PowerOn{core::whole(site.megawatts * 1e3 + 0.5, "a site")})});
  for (std::size_t k = 0; k < pool.cohorts.size(); ++k) {
    const auto& chip = p.chips[static_cast<std::size_t>(pool.cohorts[k].chip)];
    const double left = std::max(0.0, chip.life_years - cloud.fleet_age_years);
    events.push_back({p.run.start + core::years(left), Kind::RetireDue, pack(RetireDue{static_cast<std::int32_t>(k)})});
  }
  return events;
}

void handle_pool(Pool& pool, const MarketView& view, Context& context, const Event& event) {
  const auto& s = view.compiled();
  switch (static_cast<Kind>(event.kind)) {
    case Kind::LotArrives: {
      const auto lot = unpack<LotArrives>(event.payload);
      pool.cohorts.push_back({lot.chip, lot.units});
      pool.received += static_cast<double>(lot.units) * s.parameters.chips[static_cast<std::size_t>(lot.chip)].h100e;
      retire_later(s, pool, pool.cohorts.size() - 1, context);
      pay(view, pool, context, static_cast<double>(lot.units) * static_cast<double>(lot.unit_price) * 1e-4, lot.vendor,
          lot.chip, lot.units);
      break;
    }
    case Kind::PowerOn: {
      const auto power = unpack<PowerOn>(event.payload);
      if (pool.energised_kw >= 0) pool.energised_kw += static_cast<double>(power.kilowatts);
      pool.delivered_kw += static_cast<double>(power.kilowatts);
      const auto& cloud = cloud_of(s, pool);
      pay(view, pool, context, static_cast<double>(power.kilowatts) * 1e-3 * cloud.facility_usd_per_mw, s.suppliers, -1,
          power.kilowatts);
      break;
    }
    case Kind::RetireDue:
      pool.cohorts[static_cast<std::size_t>(unpack<RetireDue>(event.payload).cohort)].units = 0;
      break;
    default: return;
  }
  refresh(s, pool);
}

}  // namespace rackrate::market
