#include "sim/market/supply/orders.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/primitives/leadtime.hpp"
#include "sim/market/supply/first_backlog.hpp"
#include "sim/market/supply/lookup.hpp"
#include "sim/market/supply/pool.hpp"
#include "sim/market/supply/site_plan.hpp"
#include "sim/market/supply/vendor.hpp"
#include "sim/market/supply/wanted_capacity.hpp"

namespace rackrate::market {
namespace {

template <class Order>
void insert_by_date(std::vector<Order>& orders, const Order& order) {
  orders.insert(std::upper_bound(orders.begin(), orders.end(), order.due,
                                 [](core::SimTime t, const Order& o) { return t < o.due; }),
                order);
}

void add_first_orders(Headquarters& hq, const CompiledScenario& s, const CloudRegion& region) {
  const auto& p = s.parameters;
  const auto& rule = cloud_of(s, hq).capital;
  for (const auto& lot : region.lots)
    if (const ChipId chip = chip_named(s, lot.chip); chip.exists()) {
      const double h100e = lot.units * p.chips[chip].h100e;
      hq.ordered += h100e;
      const core::SimTime shipped = shipped_at(p, s.chip_vendor[chip], lot.arrives);
      if (h100e > 0 && shipped > p.run.start)
        insert_by_date(hq.chips,
                       {just_before(shipped), h100e, p.chips[chip].unit_price_usd / p.chips[chip].h100e, core::kNever});
    }
  for (const auto& site : region.sites) {
    hq.site_kw += site.megawatts * 1e3;
    const std::int64_t kilowatts = core::whole(site.megawatts * 1e3 + 0.5, "a site"),
                       shell = shell_part(rule, kilowatts);
    add_shell(hq.shell_kw, plan_months(p), p.run.start, site.energised, shell, 0.0);
    insert_by_date(hq.power, {just_before(site.energised), core::real(kilowatts), core::real(kilowatts - shell)});
  }
}

/// What a vendor has not shipped on the first day. It is granted in equal parts every month until the wait that all
/// orders make has passed.
void add_first_backlog(Headquarters& hq, const CompiledScenario& s, const SiliconShare& silicon) {
  const core::SimTime start = s.parameters.run.start;
  const VendorState vendor = first_vendor(s, silicon.vendor);
  const double h100e = core::real(vendor.backlog[hq.cloud]);
  if (h100e <= 0) return;
  hq.ordered += h100e;
  const double wait_months =
      quoted_wait_days(s, silicon.vendor, total_orders(vendor), start) / (core::kDaysPerYear / 12.0);
  const int parts = std::max(1, static_cast<int>(std::ceil(wait_months)));
  const int month = core::month_index(start), first = core::month_start(month) == start ? month : month + 1;
  for (int k = 0; k < parts; ++k)
    insert_by_date(hq.chips, {core::month_start(first + k), h100e / parts, price_per_h100e(s, silicon.vendor, start),
                              core::month_start(first)});
}

}  // namespace

void order_chips(Headquarters& hq, const MarketView& view, Context& context, double order) {
  const auto& s = view.compiled();
  for (const auto& [vendor, share, due, price, unqueued] : chip_payments(view, cloud_of(s, hq), context.now())) {
    const double wanted = order * share + hq.order_rest[vendor], whole = std::floor(wanted);
    hq.order_rest[vendor] = wanted - whole;
    if (whole <= 0) continue;
    send_at(context, view.regime.directory.of(vendor), context.now() + kOrderDelay,
            Order{hq.cloud, 0, core::whole(whole, "an order")});
    hq.ordered += whole;
    insert_by_date(hq.chips, {due, whole, price, unqueued});
  }
}

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

void add_first_pipeline(Headquarters& hq, const CompiledScenario& s) {
  const Cloud& cloud = cloud_of(s, hq);
  for (const auto& silicon : silicon_on_sale(s, cloud, s.parameters.run.start)) add_first_backlog(hq, s, silicon);
  for (const auto& region : cloud.regions) add_first_orders(hq, s, region);
}

void plan_site(Spending& plan, const Parameters& p, const Cloud& cloud, core::SimTime from, double kilowatts) {
  const PlanMonths months = plan_months(p);
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

Spending planned_spending(const Headquarters& hq, const CompiledScenario& s) {
  const PlanMonths months = plan_months(s.parameters);
  const double usd_per_kw = cloud_of(s, hq).facility_usd_per_mw * 1e-3;
  Spending plan(months.size());
  for (const auto& order : hq.chips) plan[months.of(order.due)] += order.h100e * order.usd_per_h100e;
  for (const auto& phase : hq.power) plan[months.of(phase.due)] += phase.paid_kw * usd_per_kw;
  for (std::size_t m = 0; m < hq.shell_kw.size(); ++m) plan[m] += core::real(hq.shell_kw[m]) * usd_per_kw;
  return plan;
}

Spending paid_spending(const Headquarters& hq, const MarketView& view) {
  Spending paid(plan_months(view.parameters()).size());
  for (const PoolSignal& signal : view.pools_of(hq.cloud))
    for (std::size_t m = 0; m < signal.paid.size(); ++m) paid[m] += signal.paid[m];
  return paid;
}

namespace {

/// Calls chips(order, open H100e) and power(phase, open share) for all orders, those that are done too, in the order of
/// their dates: what has come, came for the earliest.
template <class Chips, class Power>
void each_open(const Headquarters& hq, const MarketView& view, Chips chips, Power power) {
  double shipped = 0.0, delivered_kw = 0.0;
  for (const PoolSignal& signal : view.pools_of(hq.cloud)) {
    shipped += core::real(signal.shipped);
    delivered_kw += signal.delivered_kw;
  }
  const auto outstanding = [](double quantity, double& done) {
    const double open = std::max(0.0, quantity - done);
    done = std::max(0.0, done - quantity);
    return open;
  };
  for (const auto& order : hq.chips) chips(order, outstanding(order.h100e, shipped));
  for (const auto& phase : hq.power)
    if (phase.kw > 0) power(phase, outstanding(phase.kw, delivered_kw) / phase.kw);
}

}  // namespace

OffPlan off_plan(const Headquarters& hq, const MarketView& view, core::SimTime now) {
  OffPlan sum;
  const double usd_per_kw = cloud_of(view.compiled(), hq).facility_usd_per_mw * 1e-3;
  const PlanMonths months = plan_months(view.parameters());
  sum.dearer_usd = total(paid_spending(hq, view));
  const auto add = [&](core::SimTime due, double usd, double open_share) {
    (due <= now ? sum.late_usd : sum.early_usd) += usd * (due <= now ? open_share : 1.0 - open_share);
    sum.dearer_usd -= usd * (1.0 - open_share);
  };
  each_open(
      hq, view,
      [&](const ChipOrder& order, double open) {
        if (order.h100e > 0) add(order.due, order.h100e * order.usd_per_h100e, open / order.h100e);
      },
      [&](const PowerOrder& phase, double open) { add(phase.due, phase.paid_kw * usd_per_kw, open); });
  for (std::size_t m = 0; m < hq.shell_kw.size(); ++m)
    if (just_before(core::month_start(months.first + static_cast<int>(m) + 1)) <= now)
      sum.dearer_usd -= core::real(hq.shell_kw[m]) * usd_per_kw;
  return sum;
}

Spending committed_spending(const Headquarters& hq, const MarketView& view, core::SimTime now) {
  const PlanMonths months = plan_months(view.parameters());
  const std::size_t present = months.of(now);
  Spending plan = paid_spending(hq, view);
  const double usd_per_kw = cloud_of(view.compiled(), hq).facility_usd_per_mw * 1e-3;
  each_open(
      hq, view,
      [&](const ChipOrder& order, double open) {
        plan[std::max(present, months.of(order.due))] += open * order.usd_per_h100e;
      },
      [&](const PowerOrder& phase, double open) {
        plan[std::max(present, months.of(phase.due))] += phase.paid_kw * open * usd_per_kw;
      });
  for (std::size_t m = present; m < hq.shell_kw.size(); ++m) plan[m] += core::real(hq.shell_kw[m]) * usd_per_kw;
  return plan;
}

double queued_h100e(const Headquarters& hq, const MarketView& view, core::SimTime now) {
  const core::SimTime seen = now - view.parameters().run.window;  // what is shipped is published a window later
  double sum = 0.0;
  each_open(
      hq, view, [&](const ChipOrder& order, double open) { sum += order.unqueued <= seen ? open : 0.0; },
      [](const PowerOrder&, double) {});
  return sum;
}

CapitalRule intended(const MarketView& view, CloudId cloud) {
  CapitalRule rule = view.parameters().clouds[cloud].capital;
  const double sigma = rule.guidance_error;
  if (sigma <= 0) return rule;
  for (Guidance& span : rule.guidance) {
    const double z = view.draws.normal(at(view.compiled().cloud_key[cloud], Purpose::GuidanceError,
                                          month_key(core::month_index(span.from)), core::name_hash(span.name)));
    span.usd_per_year *= core::math::exp(sigma * z - 0.5 * sigma * sigma);
  }
  return rule;
}

Budget present_budget(const Headquarters& hq, const MarketView& view, core::SimTime now) {
  const auto& p = view.parameters();
  const Cloud& cloud = cloud_of(view.compiled(), hq);
  Budget budget = budget_of(intended(view, hq.cloud), p.run.start, plan_months(p));
  if (!borrows(cloud)) return budget;
  const LoanSignal& loan = view.board.clouds[hq.cloud].loan;
  Credit credit{0.0, loan.limit - loan.net_debt, loan.earned - loan.interest};
  for (const PoolSignal& signal : view.pools_of(hq.cloud)) credit.spent_usd += total(signal.paid);
  lend(budget, credit, now);
  return budget;
}

double total(const Spending& spending) {
  double sum = 0.0;
  for (const double usd : spending) sum += usd;
  return sum;
}

}  // namespace rackrate::market
