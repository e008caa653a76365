#include "sim/market/supply/headquarters.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/primitives/list_price.hpp"
#include "sim/market/supply/lookup.hpp"
#include "sim/market/supply/vendor.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// A trend is believed to fade by this factor each quarter: no forecast grows exponentially for ever.
constexpr double kTrendDamping = 0.85;
constexpr double kQuarterYears = 0.25;

const Cloud& cloud_of(const CompiledScenario& s, const Headquarters& hq) { return s.parameters.clouds[hq.cloud]; }

/// Compute and power of the cloud as its pools published them.
struct Position {
  double installed = 0.0, received = 0.0, energised_kw = 0.0, delivered_kw = 0.0, used_kw = 0.0, unpowered = 0.0;
  bool power_binds = false;
};

Position position_of(const MarketView& view, const Headquarters& hq) {
  Position out;
  for (const PoolSignal& signal : view.pools_of(hq.cloud)) {
    out.installed += core::real(signal.installed);
    out.received += core::real(signal.received);
    out.unpowered += core::real(signal.unpowered);
    if (signal.energised_kw >= 0) {
      out.power_binds = true;
      out.energised_kw += signal.energised_kw;
      out.delivered_kw += signal.delivered_kw;
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

double forecast(const Headquarters& hq, ForecastRule rule, double quarters) {
  if (rule == ForecastRule::Naive) return naive_forecast(hq.latest);
  const double fading = (1.0 - math::pow(kTrendDamping, quarters)) / (1.0 - kTrendDamping);
  return hq.holt.forecast(fading);
}

/// H100e that the quarter's budget buys, chips and the facility around them.
double affordable(const MarketView& view, const Cloud& cloud, double unit_cost, core::SimTime now) {
  if (unit_cost <= 0) return 1e18;
  const double t = years_since_start(view.parameters(), now);
  const double budget = cloud.capex_usd_per_year * kQuarterYears * cloud.capex_growth.level(t);
  return budget / unit_cost;
}

/// The cloud's mix of new chips, by the shares of its vendors.
struct ChipMix {
  double price = 0.0;      ///< $ per H100e
  double kw = 0.0;         ///< facility kW per H100e
  double lead_days = 0.0;  ///< from order to delivery, mean
};

ChipMix chip_mix(const CompiledScenario& s, const Cloud& cloud, core::SimTime now) {
  ChipMix mix;
  for (const auto& [name, share] : cloud.silicon)
    for (const VendorId id : s.parameters.vendors.ids()) {
      const auto& vendor = s.parameters.vendors[id];
      if (vendor.name != name) continue;
      mix.price += share * price_per_h100e(s, id, now);
      mix.kw += share * kw_per_h100e(s, id, now);
      mix.lead_days += share * (vendor.lead_min_days + vendor.lead_shape * vendor.lead_scale_days);
    }
  return mix;
}

/// Fleet that serves the demand forecast for `quarters` from now at the target utilisation, H100e.
double wanted_fleet(const Headquarters& hq, const Cloud& cloud, double quarters) {
  const double usable = (1.0 - cloud.internal_share) * cloud.availability * cloud.target_utilisation;
  return std::min(forecast(hq, cloud.forecast, quarters) / usable, kMostCompute);
}

/// What is missing after what is installed and on its way, within the budget.
double decide_order(const Headquarters& hq, const MarketView& view, const Position& position, const ChipMix& mix,
                    core::SimTime now) {
  const auto& cloud = cloud_of(view.compiled(), hq);
  const double lead_quarters =
      mix.lead_days / core::kDaysPerYear / kQuarterYears + 1.0;  // and a quarter until the next chance
  const double pipeline = std::max(0.0, hq.ordered - position.received);
  const double unit_cost = mix.price + mix.kw * 1e-3 * cloud.facility_usd_per_mw;
  return std::min(std::max(0.0, wanted_fleet(hq, cloud, lead_quarters) - position.installed - pipeline),
                  affordable(view, cloud, unit_cost, now));
}

/// Power that the forecast needs beyond what is energised and on its way, kW.
double power_gap_kw(const Headquarters& hq, const MarketView& view, const Position& position, const ChipMix& mix) {
  const double site_quarters = view.parameters().sites.lead_median_days / core::kDaysPerYear / kQuarterYears;
  const double future = wanted_fleet(hq, cloud_of(view.compiled(), hq), site_quarters);
  const double need_kw = position.used_kw + std::max(0.0, future - (position.installed - position.unpowered)) * mix.kw;
  const double on_its_way = std::max(0.0, hq.site_kw - position.delivered_kw);
  return need_kw - position.energised_kw - on_its_way;
}

/// Power of sites to start, kW: the gap, when there is one in two reviews in a row.
double decide_site(Headquarters& hq, const std::string& cloud, double gap_kw, core::SimTime now) {
  hq.short_of_power = gap_kw > 0 ? hq.short_of_power + 1 : 0;
  if (hq.short_of_power < 2) return 0.0;
  hq.short_of_power = 0;
  if (gap_kw > kMostSiteKw)
    hq.notices.push_back({now, "limit", cloud,
                          cloud + " asks for 1,000 GW of power, the most at one review: its forecast wants " +
                              std::to_string(std::llround(gap_kw * 1e-6)) + " GW"});
  return std::min(gap_kw, kMostSiteKw);
}

/// What to order and to build, given what is forecast, installed and on its way.
DecisionFact decide_investment(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const auto& cloud = cloud_of(view.compiled(), hq);
  DecisionFact decision{now, DecisionKind::Investment, hq.cloud.number()};
  const Position position = position_of(view, hq);
  const ChipMix mix = chip_mix(view.compiled(), cloud, now);
  decision.order_h100e = decide_order(hq, view, position, mix, now);
  if (position.power_binds) decision.site_kw = decide_site(hq, cloud.name, power_gap_kw(hq, view, position, mix), now);
  return decision;
}

void order_chips(Headquarters& hq, const MarketView& view, Context& context, double order) {
  const auto& s = view.compiled();
  hq.ordered += std::floor(order);
  for (const auto& [name, share] : cloud_of(s, hq).silicon)
    for (const VendorId vendor : s.parameters.vendors.ids())
      if (s.parameters.vendors[vendor].name == name && share > 0)
        send_at(context, view.regime.directory.of(vendor), context.now() + core::kDay * 7,
                Order{hq.cloud, 0, core::whole(std::floor(order * share), "an order")});
}

void start_sites(Headquarters& hq, const MarketView& view, Context& context, double site_kw) {
  const auto& s = view.compiled();
  hq.site_kw += site_kw;
  for (const PoolId pool : s.pools_of_cloud[hq.cloud]) {
    const auto kilowatts = core::whole(site_kw * region_of(s, pool).share, "a site");
    if (kilowatts > 0)
      send(context, view.regime.directory.power, SiteStart{pool, core::month_index(context.now()), kilowatts});
  }
}

void invest(Headquarters& hq, const MarketView& view, Context& context) {
  observe(hq, view.board.clouds[hq.cloud].demand);
  const DecisionPath* path = view.replayed_investment();
  const DecisionFact decision = path != nullptr ? decision_at(path->investments[hq.cloud], context.now())
                                                : decide_investment(hq, view, context.now());
  hq.decisions.push_back(decision);
  if (decision.order_h100e >= 1.0) order_chips(hq, view, context, decision.order_h100e);
  if (decision.site_kw > 0) start_sites(hq, view, context, decision.site_kw);
}

double reviewed_index(const Headquarters& hq, const MarketView& view) {
  const auto& p = view.parameters();
  if (p.prices.rule == PriceRule::Frozen) return hq.price_index;
  const auto& signal = view.board.clouds[hq.cloud];
  if (signal.available <= 0) return hq.price_index;
  const ListPriceRule rule{p.prices.eta, cloud_of(view.compiled(), hq).target_utilisation, p.prices.clip,
                           p.prices.menu};
  return std::clamp(rule.next(hq.price_index, signal.demand / signal.available), kLeastPriceIndex, kMostPriceIndex);
}

void review_price(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const DecisionPath* path = view.replayed_prices();
  hq.price_index =
      path != nullptr ? decision_at(path->cloud_prices[hq.cloud], now).price_index : reviewed_index(hq, view);
  hq.decisions.push_back({now, DecisionKind::CloudPrice, hq.cloud.number(), hq.price_index});
}

template <Message Review>
void schedule_next(Context& context, Review review) {
  schedule(context, context.now() + core::years(kQuarterYears), review);
}

/// What was ordered and started before the first day: scripted lots and sites count as on their way.
void add_first_pipeline(Headquarters& hq, const CompiledScenario& s, const CloudRegion& region) {
  for (const auto& lot : region.lots)
    if (const ChipId chip = chip_named(s, lot.chip); chip.exists())
      hq.ordered += lot.units * s.parameters.chips[chip].h100e;
  for (const auto& site : region.sites) hq.site_kw += site.megawatts * 1e3;
}

}  // namespace

Headquarters first_headquarters(const CompiledScenario& s, CloudId id) {
  const auto& cloud = s.parameters.clouds[id];
  Headquarters hq;
  hq.cloud = id;
  hq.ordered = std::floor(cloud.backlog_h100e);
  hq.holt.trend = math::log1p(cloud.expected_growth) * kQuarterYears;
  for (const auto& region : cloud.regions) add_first_pipeline(hq, s, region);
  return hq;
}

core::SimTime first_review(const MarketView& view, core::EntityKey key, ReviewOf which) {
  const double share = view.draws.uniform(at(key, Purpose::ReviewPhase, which == ReviewOf::Investment ? 0 : 1));
  // Not in the first window: nothing has been cleared yet, so there is nothing to observe.
  return view.parameters().run.start + view.parameters().run.window + core::years(kQuarterYears * share);
}

void handle_headquarters(Headquarters& hq, const MarketView& view, Context& context, const Event& event) {
  switch (event_kind(event)) {
    case EventKind::InvestmentReview:
      invest(hq, view, context);
      schedule_next(context, InvestmentReview{});
      break;
    case EventKind::PriceReview:
      review_price(hq, view, context.now());
      schedule_next(context, PriceReview{});
      break;
    default: break;
  }
}

}  // namespace rackrate::market
