#include "sim/market/exchange/finance/other_business.hpp"

#include <algorithm>

#include "sim/core/math.hpp"
#include "sim/market/primitives/contract_length.hpp"

namespace rackrate::market {
namespace math = core::math;

double other_spending_noise(const MarketView& view, CloudId cloud, int month) {
  const auto& p = view.parameters();
  const auto& other = p.clouds[cloud].other;
  const auto z = [&](Purpose purpose, int quarter) {
    return view.draws.normal(at(view.compiled().cloud_key[cloud], purpose, month_key(quarter)));
  };
  double log_noise = 0.0;
  if (const double sigma = other.capex_volatility; sigma > 0)
    log_noise += sigma * z(Purpose::OtherSpending, month / 3) - 0.5 * sigma * sigma;
  if (const double step = 0.5 * other.capex_drift; step > 0)  // of a quarter: half of a year's
    for (int quarter = core::month_index(p.run.start) / 3; quarter <= month / 3; ++quarter)
      log_noise += step * z(Purpose::OtherDrift, quarter) - 0.5 * step * step;
  return math::exp(log_noise);
}

Money other_spending(const MarketView& view, CloudId cloud, const Interval& interval) {
  const auto& p = view.parameters();
  const auto& other = p.clouds[cloud].other;
  const int month = core::month_index(interval.start);
  if (other.capex_usd <= 0 || interval.start != std::max(p.run.start, core::month_start(month))) return {};
  const double level = other.capex_growth.level(years_since_start(p, interval.start));
  const double years = core::in_years(core::month_start(month + 1) - interval.start);
  return Money::from_usd(other.capex_usd * level * other_spending_noise(view, cloud, month) * years);
}

double other_backlog(const MarketView& view, CloudId cloud, core::SimTime t) {
  const auto& other = view.parameters().clouds[cloud].other;
  if (other.contracted_usd <= 0) return 0.0;
  const double years = years_since_start(view.parameters(), t);
  return other.contracted_usd * other.contracted_growth.level(years) *
         mean_years_left(other.contract_years, other.renewed_early, other.contracted_growth.log_rate(years));
}

double customers_backlog(const MarketView& view, CloudId c, core::SimTime t) {
  const auto& p = view.parameters();
  const auto& cloud = p.clouds[c];
  if (cloud.customers_contracted <= 0) return 0.0;
  const auto& growth = cloud.customers_growth.rate <= -1.0 ? p.customers.growth : cloud.customers_growth;
  const auto& signal = view.board.clouds[c];
  const double usd_per_year =
      cloud.customers_contracted * signal.customers * core::kHoursPerYear * cloud.price_usd * signal.price_index;
  return usd_per_year * mean_years_left(cloud.customers_contract_years, 0.0, growth.log_rate(years_since_start(p, t)));
}

}  // namespace rackrate::market
