#include "sim/market/supply/wanted_capacity.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/market/primitives/capacity_npv.hpp"
#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/regime/first_use.hpp"
#include "sim/market/supply/lookup.hpp"
#include "sim/market/supply/pool.hpp"
#include "sim/market/supply/vendor.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// Forecasts damp the trend by this factor each quarter, so that no forecast grows exponentially for ever.
constexpr double kTrendDamping = 0.85;

/// H100e of the fleet that retire after now and up to `until`, by month, early retirements that are due included.
double retiring_until(const MarketView& view, const Headquarters& hq, core::SimTime now, core::SimTime until) {
  const PlanMonths months = plan_months(view.parameters());
  const std::size_t from = months.of(now), to = months.of(until);
  double sum = 0.0;
  for (const PoolSignal& signal : view.pools_of(hq.cloud)) {
    for (std::size_t m = from; m <= to && m < signal.retiring.size(); ++m) sum += signal.retiring[m];
    sum += signal.idle_retiring;
  }
  return sum;
}

/// ln D between the days on which it is known; held before the first and after the last.
double known_demand(const std::vector<KnownDemand>& path, core::SimTime t) {
  const KnownDemand *before = nullptr, *after = nullptr;
  for (const auto& point : path) {
    if (point.date <= t && (before == nullptr || point.date > before->date)) before = &point;
    if (point.date >= t && (after == nullptr || point.date < after->date)) after = &point;
  }
  if (before == nullptr) return after->h100e;
  if (after == nullptr || after->date == before->date) return before->h100e;
  const double share = core::in_years(t - before->date) / core::in_years(after->date - before->date);
  return math::exp((1.0 - share) * math::log(before->h100e) + share * math::log(after->h100e));
}

double quarters(core::SimDuration time) { return core::in_years(time) / kQuarterYears; }

/// The fleet beyond which a unit does not earn the hurdle rate, H100e: NPV rule.
double profitable_fleet(const Headquarters& hq, const Cloud& cloud, const ChipMix& mix, double demand,
                        core::SimDuration ahead) {
  return npv_capacity(demand, cloud.capital.idle_risk * std::sqrt(std::max(0.0, core::in_years(ahead))),
                      marginal_unit(cloud, mix, hq.price_index));
}

/// Fleet that the forecast asks for after this time, H100e: at the target utilisation, or by the NPV rule.
double wanted_fleet(const Headquarters& hq, const Cloud& cloud, const ChipMix& mix, core::SimTime now,
                    core::SimDuration ahead) {
  const double demand = expected_demand(hq, cloud, now, ahead);
  const double busy = cloud.forecast == ForecastRule::Npv ? profitable_fleet(hq, cloud, mix, demand, ahead)
                                                          : demand / cloud.target_utilisation;
  return busy > 0 ? std::min(busy / cloud.availability, kMostCompute) : 0.0;
}

/// Growth of the wanted fleet from the review before to this one, had the forecast been right, H100e.
double growth_of_wanted(const Headquarters& hq, const Cloud& cloud, const ChipMix& mix, core::SimTime now,
                        core::SimDuration ahead, double wanted) {
  switch (cloud.forecast) {
    case ForecastRule::Naive: return 0.0;
    case ForecastRule::Perfect: {
      const auto seen = std::min(ahead, core::days(cloud.capital.horizon_days));
      return wanted - wanted_fleet(hq, cloud, mix, now, seen - review_interval(cloud.capital));
    }
    case ForecastRule::Holt:
    case ForecastRule::Npv: return wanted * -math::expm1(-hq.holt.trend);
  }
  return 0.0;
}

double pipeline_of(const Headquarters& hq, const PublishedFleet& fleet) {
  return std::max(0.0, hq.ordered - fleet.received);
}

/// H100e that money buys: chips alone while there is power for them, then chips and sites.
double affordable_fleet(const Cloud& cloud, const ChipMix& mix, double money, double spare_kw) {
  const double site = mix.kw * 1e-3 * cloud.facility_usd_per_mw;
  const double housed = mix.kw > 0 ? std::max(0.0, spare_kw) / mix.kw : kMostCompute;
  if (mix.price <= 0) return site > 0 ? housed + money / site : kMostCompute;
  const double bought = std::min(housed, money / mix.price);
  return bought + std::max(0.0, money - bought * mix.price) / (mix.price + site);
}

/// Power of sites that are being built.
double coming_kw(const Headquarters& hq, const PublishedFleet& fleet) {
  return std::max(0.0, hq.site_kw - fleet.delivered_kw);
}

/// Power of sites that by the firm's own schedule will have come on by then; what is overdue is expected any day.
double scheduled_kw(const Headquarters& hq, const PublishedFleet& fleet, core::SimTime then) {
  double due_kw = 0.0;
  for (const PowerOrder& phase : hq.power) due_kw += phase.due <= then ? phase.kw : 0.0;
  return std::max(0.0, due_kw - fleet.delivered_kw);
}

/// H100e beyond those that run, wait or are ordered for which there will be power by then, when these have retired.
double powered_room(const Headquarters& hq, const PublishedFleet& fleet, const ChipMix& mix, double retiring,
                    core::SimTime then) {
  if (!fleet.power_binds || mix.kw <= 0) return kMostCompute;
  const double powered = fleet.installed - fleet.unpowered;
  const double freed_kw = powered > 0 ? fleet.used_kw * std::min(1.0, retiring / powered) : 0.0;
  const double spare_kw = fleet.energised_kw + scheduled_kw(hq, fleet, then) - fleet.used_kw + freed_kw;
  return spare_kw / mix.kw - fleet.unpowered - pipeline_of(hq, fleet);
}

/// Days for which an order placed now waits at one vendor.
double wait_days_at(const MarketView& view, VendorId vendor, core::SimTime now) {
  if (vendor.position() >= view.board.orders.size()) return 0.0;
  return quoted_wait_days(view.compiled(), vendor, view.board.orders[vendor], now);
}

/// What is ordered now waits behind what others have ordered, then is delivered; and an interval until the next chance.
core::SimDuration order_ahead(const MarketView& view, const Cloud& cloud, const ChipMix& mix, core::SimTime now) {
  return core::days(order_wait_days(view, cloud, now) + mix.lead_days) + review_interval(cloud.capital);
}

}  // namespace

double expected_demand(const Headquarters& hq, const Cloud& cloud, core::SimTime now, core::SimDuration ahead) {
  ahead = std::min(ahead, core::days(cloud.capital.horizon_days));
  if (cloud.forecast == ForecastRule::Naive) return naive_forecast(hq.latest);
  if (cloud.forecast == ForecastRule::Perfect) return known_demand(cloud.capital.known_path, now + ahead);
  const double period = review_quarters(cloud.capital);
  const double fading = (1.0 - math::pow(kTrendDamping, quarters(ahead))) / (1.0 - math::pow(kTrendDamping, period));
  return hq.holt.forecast(fading);
}

MarginalUnit marginal_unit(const Cloud& cloud, const ChipMix& mix, double price_index, double utilisation) {
  MarginalUnit unit;
  unit.cost = mix.price + mix.kw * 1e-3 * cloud.facility_usd_per_mw;
  unit.margin_per_year = cloud.availability * core::kHoursPerYear * cloud.price_usd * price_index * utilisation -
                         mix.kw * (core::kHoursPerYear * 1e-3 * cloud.energy_usd_per_mwh + cloud.opex_usd_per_kw_year);
  unit.life_years = std::max(0.01, mix.life_years);
  unit.hurdle_rate = cloud.capital.hurdle_rate;
  unit.erosion = cloud.capital.price_erosion;
  return unit;
}

double cost_of_new_megawatt(const Cloud& cloud, const ChipMix& mix) {
  return mix.price > 0 && mix.kw > 0 ? mix.price / mix.kw * 1e3 + cloud.facility_usd_per_mw : 0.0;
}

PublishedFleet published_fleet(const MarketView& view, const Headquarters& hq) {
  PublishedFleet out;
  for (const PoolSignal& signal : view.pools_of(hq.cloud)) {
    out.installed += core::real(signal.installed);
    out.received += core::real(signal.received);
    out.unpowered += core::real(signal.unpowered);
    out.delivered_kw += signal.delivered_kw;
    if (signal.energised_kw >= 0) {
      out.power_binds = true;
      out.energised_kw += signal.energised_kw;
      out.used_kw += signal.power_kw;
    }
  }
  return out;
}

void observe(Headquarters& hq, double demand) {
  demand = std::max(demand, 1.0);
  hq.latest = demand;
  if (hq.seen) {
    hq.holt.observe(demand);
    return;
  }
  hq.seen = true;
  hq.holt.level = math::log(demand);
}

double review_quarters(const CapitalRule& rule) { return rule.review_months / 3.0; }

ChipMix chip_mix(const CompiledScenario& s, const Cloud& cloud, core::SimTime now) {
  ChipMix mix;
  double shares = 0.0;
  for (const auto& [vendor, share] : silicon_on_sale(s, cloud, now)) {
    mix.price += share * price_per_h100e(s, vendor, now);
    mix.kw += share * kw_per_h100e(s, vendor, now);
    mix.lead_days += share * mean_lead_days(s.parameters.vendors[vendor]);
    mix.life_years += share * life_per_h100e(s, vendor, now);
    shares += share;
  }
  if (shares > 0) mix.life_years /= shares;
  return mix;
}

double cost_of_new_hour(const CompiledScenario& s, const Cloud& cloud, core::SimTime now) {
  const ChipMix mix = chip_mix(s, cloud, now);
  if (mix.price <= 0 || mix.life_years <= 0) return 0.0;
  const double site = cloud.facility_usd_per_mw / (cloud.facility_life_years * core::kHoursPerYear);
  return mix.price / (mix.life_years * core::kHoursPerYear) +
         mix.kw * (1e-3 * (site + cloud.energy_usd_per_mwh) + cloud.opex_usd_per_kw_year / core::kHoursPerYear);
}

double order_wait_days(const MarketView& view, const Cloud& cloud, core::SimTime now) {
  double days = 0.0;
  for (const auto& [vendor, share] : silicon_on_sale(view.compiled(), cloud, now))
    days += share * wait_days_at(view, vendor, now);
  return days;
}

std::vector<ChipPayment> chip_payments(const MarketView& view, const Cloud& cloud, core::SimTime now) {
  const auto until_allocated = kOrderDelay + core::days(0.5 * core::kDaysPerYear / 12.0);
  const core::SimTime unqueued = core::month_start(core::month_index(now + kOrderDelay) + 1);  // vendors allocate then
  std::vector<ChipPayment> parts;
  for (const auto& [vendor, share] : silicon_on_sale(view.compiled(), cloud, now))
    parts.push_back({vendor, share, now + until_allocated + core::days(wait_days_at(view, vendor, now)),
                     price_per_h100e(view.compiled(), vendor, now), unqueued});
  return parts;
}

double closed_share(const CapitalRule& rule) {
  return rule.adjustment >= 1.0 ? 1.0 : 1.0 - math::pow(1.0 - rule.adjustment, review_quarters(rule));
}

core::SimDuration review_interval(const CapitalRule& rule) { return core::years(rule.review_months / 12.0); }

double adjusted_order(double missing, double expected, double share) {
  return std::max(0.0, expected + share * (missing - expected));
}

Holt first_forecast(const Cloud& cloud) {
  Holt holt;
  const double period = review_quarters(cloud.capital);
  holt.alpha = 1.0 - math::pow(1.0 - holt.alpha, period);
  holt.beta = 1.0 - math::pow(1.0 - holt.beta, period);
  holt.trend = math::log1p(cloud.expected_growth) * kQuarterYears * period;
  return holt;
}

double first_position(const CompiledScenario& s, CloudId id) {
  const Cloud& cloud = s.parameters.clouds[id];
  const core::SimTime start = s.parameters.run.start;
  Headquarters hq;
  hq.cloud = id;
  hq.holt = first_forecast(cloud);
  observe(hq, running_on_first_day(s, id).h100e);
  const ChipMix mix = chip_mix(s, cloud, start);
  const auto ahead = core::days(mix.lead_days) + review_interval(cloud.capital);
  const double wanted = wanted_fleet(hq, cloud, mix, start, ahead);
  if (wanted <= 0) return 0.0;
  return wanted * std::sqrt(std::max(0.0, 1.0 - growth_of_wanted(hq, cloud, mix, start, ahead, wanted) / wanted));
}

double housed_order(const Headquarters& hq, const MarketView& view, const PublishedFleet& fleet, const ChipMix& mix,
                    core::SimTime now) {
  const core::SimTime then = now + order_ahead(view, cloud_of(view.compiled(), hq), mix, now);
  return powered_room(hq, fleet, mix, retiring_until(view, hq, now, then), then);
}

WantedOrder wanted_order(const Headquarters& hq, const MarketView& view, const PublishedFleet& fleet,
                         const ChipMix& mix, core::SimTime now) {
  const auto& cloud = cloud_of(view.compiled(), hq);
  const auto interval = review_interval(cloud.capital), ahead = order_ahead(view, cloud, mix, now);
  const double retiring = retiring_until(view, hq, now, now + ahead);
  const double wanted = wanted_fleet(hq, cloud, mix, now, ahead);
  const double missing = wanted - fleet.installed - pipeline_of(hq, fleet) + retiring;
  // what one interval adds to what is missing, in the eyes of the forecast
  const double expected = growth_of_wanted(hq, cloud, mix, now, ahead, wanted) + retiring -
                          retiring_until(view, hq, now, now + ahead - interval);
  const double asked = adjusted_order(missing, expected, closed_share(cloud.capital));
  return {missing, asked, std::max(0.0, std::min(asked, housed_order(hq, view, fleet, mix, now)))};
}

double power_gap_kw(const Headquarters& hq, const MarketView& view, const PublishedFleet& fleet, const ChipMix& mix,
                    double money, core::SimTime now) {
  const auto& cloud = cloud_of(view.compiled(), hq);
  const auto ahead = core::days(view.parameters().sites.lead_median_days);
  const double powered = fleet.installed - fleet.unpowered;
  const double gone = std::min(powered, retiring_until(view, hq, now, now + ahead));
  const double stays_kw = powered > 0 ? fleet.used_kw * (1.0 - gone / powered) : fleet.used_kw;
  const double on_its_way = coming_kw(hq, fleet);
  const auto need_kw = [&](double h100e) { return stays_kw + std::max(0.0, h100e - (powered - gone)) * mix.kw; };
  const double owned = fleet.installed - gone + pipeline_of(hq, fleet);
  const double spare_kw = fleet.energised_kw + on_its_way - need_kw(owned);
  const double future =
      std::min(wanted_fleet(hq, cloud, mix, now, ahead), owned + affordable_fleet(cloud, mix, money, spare_kw));
  return need_kw(future) - fleet.energised_kw - on_its_way;
}

}  // namespace rackrate::market
