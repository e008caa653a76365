#include "sim/market/exchange/capital.hpp"

#include <algorithm>

namespace rackrate::market {
namespace {

/// A life in whole days, rounded to the nearest.
std::int32_t whole_days(double days) { return static_cast<std::int32_t>(days + 0.5); }

void add_fleet(Capital& capital, const CompiledScenario& s, CloudId c, const FleetEntry& entry) {
  const auto& cloud = s.parameters.clouds[c];
  for (const auto& chip : s.parameters.chips) {
    if (chip.name != entry.chip) continue;
    const double left = std::max(0.0, 1.0 - cloud.fleet_age_years / chip.life_years);
    const double value = entry.units * chip.unit_price_usd * left * (1.0 - cloud.internal_share);
    const double days = chip.life_years * left * core::kDaysPerYear;
    if (value <= 0 || days < 1) continue;
    capital.assets.push_back({s.cloud_firm[c], c, Money::from_usd(value), whole_days(days), {}});
  }
}

}  // namespace

Capital first_capital(const CompiledScenario& s) {
  Capital capital;
  for (const CloudId c : s.parameters.clouds.ids())
    for (const auto& region : s.parameters.clouds[c].regions)
      for (const auto& entry : region.fleet) add_fleet(capital, s, c, entry);
  return capital;
}

void buy(Capital& capital, const CompiledScenario& s, const CapexPaid& paid) {
  const auto& p = s.parameters;
  const CloudId cloud(paid.cloud);
  const ChipId chip(paid.chip);
  const PartyId firm = s.cloud_firm[cloud];
  const double life_years = chip.exists() ? p.chips[chip].life_years : p.clouds[cloud].facility_life_years;
  capital.payments.push_back({firm, PartyId(paid.payee), cloud, chip, paid.quantity, paid.amount});
  const double days = std::max(0.5, life_years * core::kDaysPerYear);
  capital.assets.push_back({firm, cloud, paid.amount, whole_days(days), {}});
}

void age_assets(Capital& capital, const Interval& interval) {
  capital.payments.clear();
  for (auto& asset : capital.assets) asset.age += interval.length();
  std::erase_if(capital.assets, [](const Asset& asset) { return asset.age >= asset.life(); });
}

}  // namespace rackrate::market
