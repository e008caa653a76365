#include "sim/market/exchange/finance/capital.hpp"

#include <algorithm>

#include "sim/market/exchange/finance/other_business.hpp"

namespace rackrate::market {
namespace {

/// A life in whole days, rounded to the nearest.
std::int32_t whole_days(double days) { return static_cast<std::int32_t>(days + 0.5); }

void add_fleet(Capital& capital, const CompiledScenario& s, CloudId c, const FleetEntry& entry) {
  const auto& cloud = s.parameters.clouds[c];
  for (const auto& chip : s.parameters.chips) {
    if (chip.name != entry.chip) continue;
    const double left = std::max(0.0, 1.0 - cloud.fleet_age_years / chip.life_years);
    const double value = entry.units * chip.unit_price_usd * left;
    const double days = chip.life_years * left * core::kDaysPerYear;
    if (value <= 0 || days < 1) continue;
    capital.assets.push_back({s.cloud_firm[c], c, Money::from_usd(value), whole_days(days), {}});
  }
}

void add_asset(Capital& capital, PartyId firm, CloudId cloud, Money cost, double life_years) {
  const double days = std::max(0.5, life_years * core::kDaysPerYear);
  capital.assets.push_back({firm, cloud, cost, whole_days(days), {}});
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
  const CloudId cloud(paid.cloud);
  const PartyId firm = cloud.exists() ? s.cloud_firm[cloud] : s.rest_of_world;
  capital.payments.push_back({firm, PartyId(paid.payee), cloud, paid.chip, paid.quantity, paid.amount});
  if (!paid.chip.exists()) add_asset(capital, firm, cloud, paid.amount, s.parameters.clouds[cloud].facility_life_years);
}

void put_in_service(Capital& capital, const CompiledScenario& s, const LotInService& lot) {
  add_asset(capital, s.cloud_firm[lot.cloud], lot.cloud, lot.cost, s.parameters.chips[lot.chip].life_years);
}

void buy_other(Capital& capital, const MarketView& view, const Interval& interval) {
  capital.other_paid.clear();
  for (const CloudId cloud : view.parameters().clouds.ids())
    if (const Money amount = other_spending(view, cloud, interval); amount != Money{})
      capital.other_paid.push_back({cloud, amount});
}

void age_assets(Capital& capital, const CompiledScenario& s, const Interval& interval) {
  capital.payments.clear();
  for (auto* assets : {&capital.assets, &capital.other}) {
    for (auto& asset : *assets) asset.age += interval.length();
    std::erase_if(*assets, [](const Asset& asset) { return asset.age >= asset.life(); });
  }
  for (const auto& [cloud, amount] : capital.other_paid) {
    const auto& other = s.parameters.clouds[cloud].other;
    const Money part = scaled(amount, other.cloud_share);
    if (part != Money{})
      capital.other.push_back(
          {s.cloud_firm[cloud], cloud, part, whole_days(other.life_years * core::kDaysPerYear), {}});
  }
  capital.other_paid.clear();
}

}  // namespace rackrate::market
