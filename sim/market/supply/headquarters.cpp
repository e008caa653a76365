#include "sim/market/supply/headquarters.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/primitives/list_price.hpp"
#include "sim/market/supply/vendor.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// A trend is believed to fade by this factor each quarter: no forecast grows exponentially for ever.
constexpr double kTrendDamping = 0.85;
constexpr double kQuarterYears = 0.25;

const Cloud& cloud_of(const CompiledScenario& s, const Headquarters& hq) {
  return s.parameters.clouds[static_cast<std::size_t>(hq.index)];
}

struct Position {
  double installed = 0.0, received = 0.0, energised_kw = 0.0, delivered_kw = 0.0, used_kw = 0.0, unpowered = 0.0;
  bool power_binds = false;
};

Position position_of(const MarketView& view, const Headquarters& hq) {
  Position out;
  for (const int pool : view.compiled().pools_of_cloud[static_cast<std::size_t>(hq.index)]) {
    const auto& signal = view.board.pools[static_cast<std::size_t>(pool)];
    out.installed += static_cast<double>(signal.installed);
    out.received += static_cast<double>(signal.received);
    out.unpowered += static_cast<double>(signal.unpowered);
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

/// What to order and to build, given what is forecast, installed and on its way.
DecisionFact decide_investment(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const auto& s = view.compiled();
  const auto& cloud = cloud_of(s, hq);
  DecisionFact decision{now, DecisionKind::Investment, static_cast<std::int16_t>(hq.index)};
  const Position position = position_of(view, hq);

  double price = 0.0, kw = 0.0, lead_days = 0.0;
  for (const auto& [name, share] : cloud.silicon)
    for (std::size_t v = 0; v < s.parameters.vendors.size(); ++v) {
      const auto& vendor = s.parameters.vendors[v];
      if (vendor.name != name) continue;
      price += share * price_per_h100e(s, static_cast<int>(v), now);
      kw += share * kw_per_h100e(s, static_cast<int>(v), now);
      lead_days += share * (vendor.lead_min_days + vendor.lead_shape * vendor.lead_scale_days);
    }
  const double usable = (1.0 - cloud.internal_share) * cloud.availability * cloud.target_utilisation;
  const double lead_quarters =
      lead_days / core::kDaysPerYear / kQuarterYears + 1.0;  // and a quarter until the next chance
  const double wanted = std::min(forecast(hq, cloud.forecast, lead_quarters) / usable, kMostCompute);
  const double pipeline = std::max(0.0, hq.ordered - position.received);
  const double unit_cost = price + kw * 1e-3 * cloud.facility_usd_per_mw;
  decision.order_h100e =
      std::min(std::max(0.0, wanted - position.installed - pipeline), affordable(view, cloud, unit_cost, now));

  if (!position.power_binds) return decision;
  const double site_quarters = s.parameters.sites.lead_median_days / core::kDaysPerYear / kQuarterYears;
  const double future = std::min(forecast(hq, cloud.forecast, site_quarters) / usable, kMostCompute);
  const double need_kw = position.used_kw + std::max(0.0, future - (position.installed - position.unpowered)) * kw;
  const double on_its_way = std::max(0.0, hq.site_kw - position.delivered_kw);
  const double gap_kw = need_kw - position.energised_kw - on_its_way;
  hq.short_of_power = gap_kw > 0 ? hq.short_of_power + 1 : 0;
  if (hq.short_of_power < 2) return decision;
  hq.short_of_power = 0;
  decision.site_kw = std::min(gap_kw, kMostSiteKw);
  if (gap_kw > kMostSiteKw)
    hq.notices.push_back({now, "limit", cloud.name,
                          cloud.name + " asks for 1,000 GW of power, the most at one review: its forecast wants " +
                              std::to_string(std::llround(gap_kw * 1e-6)) + " GW"});
  return decision;
}

void order_chips(Headquarters& hq, const MarketView& view, Context& context, double order) {
  const auto& s = view.compiled();
  hq.ordered += std::floor(order);
  for (const auto& [name, share] : cloud_of(s, hq).silicon)
    for (std::size_t v = 0; v < s.parameters.vendors.size(); ++v)
      if (s.parameters.vendors[v].name == name && share > 0)
        context.send(view.regime.directory.first_vendor + static_cast<ProcessId>(v),
                     std::max(context.now() + core::kDay * 7, context.window_end()),
                     static_cast<std::uint16_t>(Kind::Order),
                     pack(Order{hq.index, 0, core::whole(std::floor(order * share), "an order")}), priority::kSupply);
}

void start_sites(Headquarters& hq, const MarketView& view, Context& context, double site_kw) {
  const auto& s = view.compiled();
  hq.site_kw += site_kw;
  for (const int pool : s.pools_of_cloud[static_cast<std::size_t>(hq.index)]) {
    const auto& region =
        cloud_of(s, hq).regions[static_cast<std::size_t>(s.pools[static_cast<std::size_t>(pool)].position)];
    const auto kilowatts = core::whole(site_kw * region.share, "a site");
    if (kilowatts > 0)
      context.send(view.regime.directory.power, context.window_end(), static_cast<std::uint16_t>(Kind::SiteStart),
                   pack(SiteStart{pool, core::month_index(context.now()), kilowatts}), priority::kSupply);
  }
}

void invest(Headquarters& hq, const MarketView& view, Context& context) {
  observe(hq, view.board.clouds[static_cast<std::size_t>(hq.index)].demand);
  const DecisionPath* path = view.replayed_investment();
  const DecisionFact decision = path != nullptr
                                    ? decision_at(path->investments[static_cast<std::size_t>(hq.index)], context.now())
                                    : decide_investment(hq, view, context.now());
  hq.decisions.push_back(decision);
  if (decision.order_h100e >= 1.0) order_chips(hq, view, context, decision.order_h100e);
  if (decision.site_kw > 0) start_sites(hq, view, context, decision.site_kw);
}

double reviewed_index(const Headquarters& hq, const MarketView& view) {
  const auto& p = view.parameters();
  if (p.prices.rule == PriceRule::Frozen) return hq.price_index;
  const auto& signal = view.board.clouds[static_cast<std::size_t>(hq.index)];
  if (signal.available <= 0) return hq.price_index;
  const ListPriceRule rule{p.prices.eta, cloud_of(view.compiled(), hq).target_utilisation, p.prices.clip,
                           p.prices.menu};
  return std::clamp(rule.next(hq.price_index, signal.demand / signal.available), kLeastPriceIndex, kMostPriceIndex);
}

void review_price(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const DecisionPath* path = view.replayed_prices();
  hq.price_index = path != nullptr
                       ? decision_at(path->cloud_prices[static_cast<std::size_t>(hq.index)], now).price_index
                       : reviewed_index(hq, view);
  hq.decisions.push_back({now, DecisionKind::CloudPrice, static_cast<std::int16_t>(hq.index), hq.price_index});
}

void again(Context& context, Kind kind, std::int16_t priority) {
  context.schedule(context.now() + core::years(kQuarterYears), static_cast<std::uint16_t>(kind), {}, priority);
}

}  // namespace

Headquarters first_headquarters(const CompiledScenario& s, int index) {
  Headquarters hq;
  hq.index = index;
  hq.ordered = std::floor(s.parameters.clouds[static_cast<std::size_t>(index)].backlog_h100e);
  hq.holt.trend = math::log1p(s.parameters.clouds[static_cast<std::size_t>(index)].expected_growth) * kQuarterYears;
  for (const auto& region : s.parameters.clouds[static_cast<std::size_t>(index)].regions) {
    for (const auto& lot : region.lots)
      for (const auto& chip : s.parameters.chips)
        if (chip.name == lot.chip) hq.ordered += lot.units * chip.h100e;
    for (const auto& site : region.sites) hq.site_kw += site.megawatts * 1e3;
  }
  return hq;
}

core::SimTime first_review(const MarketView& view, core::EntityKey key, std::uint64_t which) {
  const double share = view.draws.uniform(at(key, Purpose::ReviewPhase, which));
  // Not in the first window: nothing has been cleared yet, so there is nothing to look at.
  return view.parameters().run.start + view.parameters().run.window + core::years(kQuarterYears * share);
}

void handle_headquarters(Headquarters& hq, const MarketView& view, Context& context, const Event& event) {
  switch (static_cast<Kind>(event.kind)) {
    case Kind::InvestmentReview:
      invest(hq, view, context);
      again(context, Kind::InvestmentReview, priority::kDecision);
      break;
    case Kind::PriceReview:
      review_price(hq, view, context.now());
      again(context, Kind::PriceReview, priority::kPrice);
      break;
    default: break;
  }
}

}  // namespace rackrate::market
