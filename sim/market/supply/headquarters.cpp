#include "sim/market/supply/headquarters.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/primitives/capacity_npv.hpp"
#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/primitives/list_price.hpp"
#include "sim/market/supply/lookup.hpp"
#include "sim/market/supply/pool.hpp"
#include "sim/market/supply/site_plan.hpp"
#include "sim/market/supply/vendor.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// Forecasts damp the trend by this factor each quarter, so that no forecast grows exponentially for ever.
constexpr double kTrendDamping = 0.85;
constexpr double kQuarterYears = 0.25;

const Cloud& cloud_of(const CompiledScenario& s, const Headquarters& hq) { return s.parameters.clouds[hq.cloud]; }

/// Compute and power of the cloud as its pools published them.
struct PublishedFleet {
  double installed = 0.0, received = 0.0, energised_kw = 0.0, delivered_kw = 0.0, used_kw = 0.0, unpowered = 0.0;
  bool power_binds = false;
};

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

/// Quarters between two reviews.
double period_of(const CapitalRule& rule) { return rule.review_months / 3.0; }

/// Demand at a day after `now`, no farther ahead than the cloud's horizon.
double forecast(const Headquarters& hq, const Cloud& cloud, core::SimTime now, core::SimDuration ahead) {
  ahead = std::min(ahead, core::days(cloud.capital.horizon_days));
  if (cloud.forecast == ForecastRule::Naive) return naive_forecast(hq.latest);
  if (cloud.forecast == ForecastRule::Perfect) return known_demand(cloud.capital.known_path, now + ahead);
  const double period = period_of(cloud.capital);
  const double fading = (1.0 - math::pow(kTrendDamping, quarters(ahead))) / (1.0 - math::pow(kTrendDamping, period));
  return hq.holt.forecast(fading);
}

/// The cloud's mix of new chips, by the shares of its vendors.
struct ChipMix {
  double price = 0.0;       ///< $ per H100e
  double kw = 0.0;          ///< facility kW per H100e
  double lead_days = 0.0;   ///< from order to delivery, mean
  double life_years = 0.0;  ///< mean
};

ChipMix chip_mix(const CompiledScenario& s, const Cloud& cloud, core::SimTime now) {
  ChipMix mix;
  double shares = 0.0;
  for (const auto& [name, share] : cloud.silicon)
    for (const VendorId id : s.parameters.vendors.ids()) {
      const auto& vendor = s.parameters.vendors[id];
      if (vendor.name != name) continue;
      mix.price += share * price_per_h100e(s, id, now);
      mix.kw += share * kw_per_h100e(s, id, now);
      mix.lead_days += share * (vendor.lead_min_days + vendor.lead_shape * vendor.lead_scale_days);
      mix.life_years += share * life_per_h100e(s, id, now);
      shares += share;
    }
  if (shares > 0) mix.life_years /= shares;
  return mix;
}

/// The fleet beyond which a unit does not earn the hurdle rate, H100e: NPV rule.
double profitable_fleet(const Headquarters& hq, const Cloud& cloud, const ChipMix& mix, double demand,
                        core::SimDuration ahead) {
  const auto& rule = cloud.capital;
  MarginalUnit unit;
  unit.cost = mix.price + mix.kw * 1e-3 * cloud.facility_usd_per_mw;
  unit.margin_per_year = cloud.availability * core::kHoursPerYear * cloud.price_usd * hq.price_index -
                         mix.kw * (core::kHoursPerYear * 1e-3 * cloud.energy_usd_per_mwh + cloud.opex_usd_per_kw_year);
  unit.life_years = std::max(0.01, mix.life_years);
  unit.hurdle_rate = rule.hurdle_rate;
  unit.erosion = rule.price_erosion;
  return npv_capacity(demand, rule.idle_risk * std::sqrt(std::max(0.0, core::in_years(ahead))), unit);
}

/// Fleet that the forecast asks for after this time, H100e: at the target utilisation, or by the NPV rule.
double wanted_fleet(const Headquarters& hq, const Cloud& cloud, const ChipMix& mix, core::SimTime now,
                    core::SimDuration ahead) {
  const double demand = forecast(hq, cloud, now, ahead);
  const double usable = (1.0 - cloud.internal_share) * cloud.availability;
  const double busy = cloud.forecast == ForecastRule::Npv ? profitable_fleet(hq, cloud, mix, demand, ahead)
                                                          : demand / cloud.target_utilisation;
  return busy > 0 ? std::min(busy / usable, kMostCompute) : 0.0;
}

/// The share of a gap that one review closes, so that a quarter closes kappa.
double closed_share(const CapitalRule& rule) {
  return rule.adjustment >= 1.0 ? 1.0 : 1.0 - math::pow(1.0 - rule.adjustment, period_of(rule));
}

/// Chips ordered now are expected after the order's own delay, half a month until the vendor allocates, and their lead.
core::SimDuration chip_lead(const ChipMix& mix) {
  return kOrderDelay + core::days(0.5 * core::kDaysPerYear / 12.0 + mix.lead_days);
}

double pipeline_of(const Headquarters& hq, const PublishedFleet& fleet) {
  return std::max(0.0, hq.ordered - fleet.received);
}

/// H100e to order, budget aside: the share kappa of what is missing after what is installed and on its way when what is
/// about to retire has gone.
double wanted_order(const Headquarters& hq, const MarketView& view, const PublishedFleet& fleet, const ChipMix& mix,
                    core::SimTime now) {
  const auto& cloud = cloud_of(view.compiled(), hq);
  // and an interval until the next chance
  const auto ahead = core::days(mix.lead_days) + core::years(cloud.capital.review_months / 12.0);
  const double missing = wanted_fleet(hq, cloud, mix, now, ahead) - fleet.installed - pipeline_of(hq, fleet) +
                         retiring_until(view, hq, now, now + ahead);
  return closed_share(cloud.capital) * std::max(0.0, missing);
}

/// H100e that money buys: chips alone while there is power for them, then chips and sites.
double affordable_fleet(const Cloud& cloud, const ChipMix& mix, double money, double spare_kw) {
  const double site = mix.kw * 1e-3 * cloud.facility_usd_per_mw;
  const double housed = mix.kw > 0 ? std::max(0.0, spare_kw) / mix.kw : kMostCompute;
  if (mix.price <= 0) return site > 0 ? housed + money / site : kMostCompute;
  const double bought = std::min(housed, money / mix.price);
  return bought + std::max(0.0, money - bought * mix.price) / (mix.price + site);
}

/// Power that the forecast needs beyond what is energised and on its way, kW. A fleet that the money not yet committed
/// until then cannot buy needs none.
double power_gap_kw(const Headquarters& hq, const MarketView& view, const PublishedFleet& fleet, const ChipMix& mix,
                    double money, core::SimTime now) {
  const auto& cloud = cloud_of(view.compiled(), hq);
  const auto ahead = core::days(view.parameters().sites.lead_median_days);
  const double powered = fleet.installed - fleet.unpowered;
  const double gone = std::min(powered, retiring_until(view, hq, now, now + ahead));
  const double stays_kw = powered > 0 ? fleet.used_kw * (1.0 - gone / powered) : fleet.used_kw;
  const double on_its_way = std::max(0.0, hq.site_kw - fleet.delivered_kw);
  const auto need_kw = [&](double h100e) { return stays_kw + std::max(0.0, h100e - (powered - gone)) * mix.kw; };
  const double owned = fleet.installed - gone + pipeline_of(hq, fleet);
  const double spare_kw = fleet.energised_kw + on_its_way - need_kw(owned);
  const double future =
      std::min(wanted_fleet(hq, cloud, mix, now, ahead), owned + affordable_fleet(cloud, mix, money, spare_kw));
  return need_kw(future) - fleet.energised_kw - on_its_way;
}

/// Sites to start, kW, budget aside: the share kappa of the gap once it has lasted a quarter, as far as regions can
/// build.
double wanted_sites(Headquarters& hq, const Cloud& cloud, double gap_kw, core::SimTime now) {
  const auto& rule = cloud.capital;
  hq.short_months = gap_kw <= 0 ? 0.0 : hq.gap_seen ? hq.short_months + rule.review_months : 0.0;
  hq.gap_seen = gap_kw > 0;
  if (gap_kw <= 0 || hq.short_months < 3.0 - 1e-9) return 0.0;
  if (gap_kw > kMostSiteKw)
    hq.notices.push_back({now, "limit", cloud.name,
                          cloud.name + " asks for 1,000 GW of power, the most at one review: its forecast wants " +
                              std::to_string(std::llround(gap_kw * 1e-6)) + " GW"});
  const double wanted = closed_share(rule) * std::min(gap_kw, kMostSiteKw);
  double built = 0.0;
  for (const double kw : split_site(cloud, wanted, rule.review_months / 12.0)) built += kw;
  const bool binds = built < wanted * (1.0 - 1e-6);
  if (binds && !hq.build_binds)
    hq.notices.push_back({now, "limit", cloud.name,
                          cloud.name + " starts " + std::to_string(std::llround(built * 1e-3)) + " MW of " +
                              std::to_string(std::llround(wanted * 1e-3)) +
                              " MW that it wants: no region can build and connect more"});
  hq.build_binds = binds;
  return built;
}

/// What an order of chips placed now will cost, by month.
void add_chips(Spending& plan, const PlanMonths& months, core::SimTime due, double usd) { plan[months.of(due)] += usd; }

/// What one site started now will cost, by month: shell while it is built, the rest with its phases.
void add_site(Spending& plan, const PlanMonths& months, const Parameters& p, const Cloud& cloud, core::SimTime from,
              double kilowatts) {
  const auto& rule = cloud.capital;
  const double usd = kilowatts * 1e-3 * cloud.facility_usd_per_mw, shell = usd * rule.shell_share;
  const core::SimTime begin = core::month_start(core::month_index(from));
  const std::size_t first = months.of(begin), last = months.of(begin + core::days(p.sites.lead_median_days));
  const double deposit = first == last ? shell : shell * rule.deposit_share;
  plan[first] += deposit;
  for (std::size_t m = first + 1; m <= last; ++m) plan[m] += (shell - deposit) / core::real(last - first);
  for (const double days : site_phase_days(p.sites.lead_median_days))
    plan[months.of(from + core::days(days))] += (usd - shell) / 4.0;
}

Spending sum(Spending a, const Spending& b, double factor) {
  for (std::size_t m = 0; m < a.size(); ++m) a[m] += factor * b[m];
  return a;
}
double total(const Spending& spending) {
  double sum = 0.0;
  for (const double usd : spending) sum += usd;
  return sum;
}

std::string billions(double usd) {
  const auto tenths = std::llround(usd * 1e-8);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " B$";
}

/// Reports the review at which the budget begins to bind, and the one at which it no longer does.
void tell_budget(Headquarters& hq, const std::string& cloud, double wanted, double granted, core::SimTime now) {
  const bool binds = granted < wanted * (1.0 - 1e-3);
  if (binds && !hq.budget_binds)
    hq.notices.push_back({now, "budget", cloud,
                          cloud + " ordered less than wanted: budget (" + billions(granted) + " of " +
                              billions(wanted) + " for chips and sites)"});
  if (!binds && hq.budget_binds)
    hq.notices.push_back({now, "budget", cloud, cloud + " orders what it wants again: its budget holds it"});
  hq.budget_binds = binds;
}

/// What to order and to build, given what is forecast, installed and on its way, within the budget. If both do not fit,
/// both shrink alike; then each takes what the other could not use.
DecisionFact decide_investment(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const auto& p = view.parameters();
  const auto& cloud = cloud_of(view.compiled(), hq);
  DecisionFact decision{now, DecisionKind::Investment, hq.cloud.number()};
  const PublishedFleet fleet = published_fleet(view, hq);
  const ChipMix mix = chip_mix(view.compiled(), cloud, now);
  const PlanMonths months = plan_months(p);
  const Budget budget = budget_of(cloud.capital, p.run.start, months);
  const Spending committed = committed_spending(hq, view, now);
  const double order = wanted_order(hq, view, fleet, mix, now);
  double site_kw = 0.0;
  if (fleet.power_binds) {
    const double money = uncommitted(budget, committed, now, now + core::days(p.sites.lead_median_days));
    site_kw = wanted_sites(hq, cloud, power_gap_kw(hq, view, fleet, mix, money, now), now);
  }

  Spending chips(months.size()), site(months.size());
  add_chips(chips, months, now + chip_lead(mix), order * mix.price);
  add_site(site, months, p, cloud, now + p.run.window, site_kw);
  const double both = affordable_share(budget, committed, sum(chips, site, 1.0));
  const Spending with_both = sum(sum(committed, chips, both), site, both);
  const double more_chips =
      (1.0 - both) * affordable_share(budget, with_both, sum(Spending(months.size()), chips, 1.0 - both));
  const Spending with_chips = sum(with_both, chips, more_chips);
  const double more_site =
      (1.0 - both) * affordable_share(budget, with_chips, sum(Spending(months.size()), site, 1.0 - both));
  const Spending plan = sum(with_chips, site, more_site);
  check_plan(budget, committed, plan, cloud.name);

  const double wanted = total(chips) + total(site), granted = total(plan) - total(committed);
  hq.refused_usd += std::max(0.0, wanted - granted);
  tell_budget(hq, cloud.name, wanted, granted, now);
  decision.order_h100e = order * (both + more_chips);
  decision.site_kw = site_kw * (both + more_site);
  return decision;
}

template <class Order>
void insert_by_date(std::vector<Order>& orders, const Order& order) {
  orders.insert(std::upper_bound(orders.begin(), orders.end(), order.due,
                                 [](core::SimTime t, const Order& o) { return t < o.due; }),
                order);
}

void order_chips(Headquarters& hq, const MarketView& view, Context& context, double order) {
  const auto& s = view.compiled();
  hq.ordered += std::floor(order);
  const ChipMix mix = chip_mix(s, cloud_of(s, hq), context.now());
  insert_by_date(hq.chips, {context.now() + chip_lead(mix), std::floor(order), mix.price});
  for (const auto& [name, share] : cloud_of(s, hq).silicon)
    for (const VendorId vendor : s.parameters.vendors.ids())
      if (s.parameters.vendors[vendor].name == name && share > 0)
        send_at(context, view.regime.directory.of(vendor), context.now() + kOrderDelay,
                Order{hq.cloud, 0, core::whole(std::floor(order * share), "an order")});
}

/// Sites of so much power: each region's part to the power authority, and to its pool, which pays for the shell.
void start_sites(Headquarters& hq, const MarketView& view, Context& context, double site_kw) {
  const auto& s = view.compiled();
  const auto& p = view.parameters();
  const auto& cloud = cloud_of(s, hq);
  const auto& rule = cloud.capital;
  const PlanMonths months = plan_months(p);
  const core::SimTime from = context.now() + p.run.window, begin = core::month_start(core::month_index(from));
  hq.site_kw += site_kw;
  hq.started_kw += site_kw;
  const std::vector<double> parts = split_site(cloud, site_kw, rule.review_months / 12.0);
  double placed = 0.0;
  for (const double kw : parts) placed += kw;
  for (const PoolId pool : s.pools_of_cloud[hq.cloud]) {
    // A replayed decision may be more than this world's regions can build: the rest goes by share.
    const double kw = parts[static_cast<std::size_t>(s.pools[pool].position)] +
                      std::max(0.0, site_kw - placed) * region_of(s, pool).share;
    const auto kilowatts = core::whole(kw, "a site");
    if (kilowatts <= 0) continue;
    send(context, view.regime.directory.power, SiteStart{pool, core::month_index(context.now()), kilowatts});
    const std::int64_t shell = shell_of_site(rule, kilowatts);
    if (shell > 0) {
      send(context, view.regime.directory.of(pool), SiteBegun{core::month_index(from), 0, kilowatts});
      add_shell(hq.shell_kw, months, begin, begin + core::days(p.sites.lead_median_days), shell, rule.deposit_share);
    }
    const auto phases = site_phase_days(p.sites.lead_median_days);
    const auto by_phase = site_parts(kilowatts);
    for (std::size_t k = 0; k < phases.size(); ++k)
      insert_by_date(hq.power, {from + core::days(phases[k]), core::real(by_phase[k]),
                                core::real(by_phase[k] - shell_part(rule, by_phase[k]))});
  }
}

void invest(Headquarters& hq, const MarketView& view, Context& context) {
  observe(hq, view.board.clouds[hq.cloud].demand);
  // The rule is applied beside a replayed path too: what it wants and what its budget refuses is recorded.
  DecisionFact decision = decide_investment(hq, view, context.now());
  if (const DecisionPath* path = view.replayed_investment())
    decision = decision_at(path->investments[hq.cloud], context.now());
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
void schedule_next(Context& context, Review review, double interval_years = kQuarterYears) {
  schedule(context, context.now() + core::years(interval_years), review);
}

/// What was ordered and started before the first day: scripted lots and sites count as on their way.
void add_first_pipeline(Headquarters& hq, const CompiledScenario& s, const CloudRegion& region) {
  const auto& p = s.parameters;
  const auto& rule = cloud_of(s, hq).capital;
  for (const auto& lot : region.lots)
    if (const ChipId chip = chip_named(s, lot.chip); chip.exists()) {
      const double h100e = lot.units * p.chips[chip].h100e;
      hq.ordered += h100e;
      if (h100e > 0) insert_by_date(hq.chips, {lot.arrives, h100e, p.chips[chip].unit_price_usd / p.chips[chip].h100e});
    }
  for (const auto& site : region.sites) {
    hq.site_kw += site.megawatts * 1e3;
    const std::int64_t kilowatts = core::whole(site.megawatts * 1e3 + 0.5, "a site"),
                       shell = shell_part(rule, kilowatts);
    add_shell(hq.shell_kw, plan_months(p), p.run.start, site.energised, shell, 0.0);
    insert_by_date(hq.power, {site.energised, core::real(kilowatts), core::real(kilowatts - shell)});
  }
}

}  // namespace

Headquarters first_headquarters(const CompiledScenario& s, CloudId id) {
  const auto& cloud = s.parameters.clouds[id];
  Headquarters hq;
  hq.cloud = id;
  hq.ordered = std::floor(cloud.backlog_h100e);
  const double period = period_of(cloud.capital);
  hq.holt.alpha = 1.0 - math::pow(1.0 - hq.holt.alpha, period);
  hq.holt.beta = 1.0 - math::pow(1.0 - hq.holt.beta, period);
  hq.holt.trend = math::log1p(cloud.expected_growth) * kQuarterYears * period;
  hq.shell_kw.resize(plan_months(s.parameters).size());
  if (hq.ordered > 0) {
    const core::SimTime start = s.parameters.run.start;
    const ChipMix mix = chip_mix(s, cloud, start);
    insert_by_date(hq.chips, {start + chip_lead(mix), hq.ordered, mix.price});
  }
  for (const auto& region : cloud.regions) add_first_pipeline(hq, s, region);
  return hq;
}

core::SimTime first_review(const MarketView& view, core::EntityKey key, ReviewOf which, double interval_months) {
  const double share = view.draws.uniform(at(key, Purpose::ReviewPhase, which == ReviewOf::Investment ? 0 : 1));
  // Not in the first window: nothing has been cleared yet, so there is nothing to observe.
  return view.parameters().run.start + view.parameters().run.window + core::years(interval_months / 12.0 * share);
}

Spending committed_spending(const Headquarters& hq, const MarketView& view, core::SimTime now) {
  const PlanMonths months = plan_months(view.parameters());
  const std::size_t present = months.of(now);
  Spending plan(months.size());
  double received = 0.0, delivered_kw = 0.0;
  for (const PoolSignal& signal : view.pools_of(hq.cloud)) {
    for (std::size_t m = 0; m < signal.paid.size(); ++m) plan[m] += signal.paid[m];
    received += core::real(signal.received);
    delivered_kw += signal.delivered_kw;
  }
  const auto outstanding = [](double quantity, double& done) {
    const double open = std::max(0.0, quantity - done);
    done = std::max(0.0, done - quantity);
    return open;
  };
  for (const auto& order : hq.chips)
    plan[std::max(present, months.of(order.due))] += outstanding(order.h100e, received) * order.usd_per_h100e;
  const double usd_per_kw = cloud_of(view.compiled(), hq).facility_usd_per_mw * 1e-3;
  for (const auto& phase : hq.power) {
    const double open = outstanding(phase.kw, delivered_kw);
    if (open > 0) plan[std::max(present, months.of(phase.due))] += phase.paid_kw * (open / phase.kw) * usd_per_kw;
  }
  for (std::size_t m = present; m < hq.shell_kw.size(); ++m) plan[m] += core::real(hq.shell_kw[m]) * usd_per_kw;
  return plan;
}

CapitalPlanFact close_month(Headquarters& hq, const MarketView& view, int month) {
  const auto& p = view.parameters();
  const auto& cloud = cloud_of(view.compiled(), hq);
  const PlanMonths months = plan_months(p);
  const core::SimTime first = core::month_start(month), end = core::month_start(month + 1) - core::SimDuration{1};
  const Spending plan = committed_spending(hq, view, end);
  CapitalPlanFact fact;
  fact.month = std::max(first, p.run.start);
  fact.cloud = hq.cloud;
  const std::size_t position = months.of(end);
  fact.budget_usd = month_budget(budget_of(cloud.capital, p.run.start, months), plan, position);
  fact.committed_usd = total(plan);
  for (const PoolSignal& signal : view.pools_of(hq.cloud)) fact.committed_usd -= total(signal.paid);
  fact.committed_usd = std::max(0.0, fact.committed_usd);
  fact.refused_usd = hq.refused_usd;
  fact.site_kw = hq.started_kw;
  fact.demand_h100e = view.board.clouds[hq.cloud].demand;
  hq.refused_usd = hq.started_kw = 0.0;
  return fact;
}

void handle_headquarters(Headquarters& hq, const MarketView& view, Context& context, const Event& event) {
  switch (event_kind(event)) {
    case EventKind::InvestmentReview:
      invest(hq, view, context);
      schedule_next(context, InvestmentReview{}, cloud_of(view.compiled(), hq).capital.review_months / 12.0);
      break;
    case EventKind::PriceReview:
      review_price(hq, view, context.now());
      schedule_next(context, PriceReview{});
      break;
    default: break;
  }
}

}  // namespace rackrate::market
