#include "sim/market/supply/investment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/market/supply/orders.hpp"
#include "sim/market/supply/pool.hpp"
#include "sim/market/supply/site_plan.hpp"
#include "sim/market/supply/wanted_capacity.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace {

/// What regions can build of so much power that a review wants to start, kW; reports when they begin to bind.
double buildable(Headquarters& hq, const Cloud& cloud, double wanted, core::SimTime now) {
  double built = 0.0;
  for (const double kw : split_site(cloud, wanted, cloud.capital.review_months / 12.0)) built += kw;
  const bool binds = built < wanted * (1.0 - 1e-6);
  if (binds && !hq.build_binds)
    hq.notices.push_back({now, "limit", cloud.name,
                          cloud.name + " starts " + std::to_string(std::llround(built * 1e-3)) + " MW of " +
                              std::to_string(std::llround(wanted * 1e-3)) +
                              " MW that it wants: no region can build and connect more"});
  hq.build_binds = binds;
  return built;
}

/// Sites to start, kW, budget aside: the share kappa of the gap once it has lasted a quarter, as far as regions can
/// build. Of a gap that there is no money for, `review.site_gap_kw` beyond this one, the rule would start its share
/// too.
double wanted_sites(Headquarters& hq, ReviewSteps& review, const Cloud& cloud, double gap_kw, core::SimTime now) {
  const auto& rule = cloud.capital;
  const double asked = closed_share(rule) * std::clamp(review.site_gap_kw, 0.0, kMostSiteKw);
  hq.short_months = gap_kw <= 0 ? 0.0 : hq.gap_seen ? hq.short_months + rule.review_months : 0.0;
  hq.gap_seen = gap_kw > 0;
  if (gap_kw <= 0) review.asked_kw = asked;
  if (gap_kw <= 0 || hq.short_months < 3.0 - 1e-9) return 0.0;
  if (gap_kw > kMostSiteKw)
    hq.notices.push_back({now, "limit", cloud.name,
                          cloud.name + " asks for 1,000 GW of power, the most at one review: its forecast wants " +
                              std::to_string(std::llround(gap_kw * 1e-6)) + " GW"});
  review.asked_kw = asked;
  review.paid_kw = closed_share(rule) * std::min(gap_kw, kMostSiteKw);
  review.built_kw = buildable(hq, cloud, review.paid_kw, now);
  return review.built_kw;
}

Spending sum(Spending a, const Spending& b, double factor) {
  for (std::size_t m = 0; m < a.size(); ++m) a[m] += factor * b[m];
  return a;
}

/// What an order of so many H100e will cost, by month.
Spending cost_of_chips(const std::vector<ChipPayment>& payments, const PlanMonths& months, double order) {
  Spending plan(months.size());
  for (const auto& part : payments) plan[months.of(part.due)] += order * part.share * part.usd_per_h100e;
  return plan;
}

/// Reports the review at which a firm begins to buy because it announced so.
void tell_plan(Headquarters& hq, const std::string& cloud, double more_usd, core::SimTime now) {
  const bool leads = more_usd >= 0.5e8;  // what prints as .1 B$
  if (leads && !hq.plan_leads)
    hq.notices.push_back({now, "budget", cloud,
                          cloud + " orders chips for " + billions(more_usd) +
                              " beyond what its forecast needs: it announced to spend so much"});
  hq.plan_leads = leads;
}

/// H100e that the firm buys although no forecast asks for them, since it announced to spend more: `plan_share` of what
/// that leaves up to the quarter in which an order of now is paid.
double beyond_needs(const Cloud& cloud, const Budget& budget, const Spending& needed,
                    const std::vector<ChipPayment>& payments) {
  double price = 0.0;
  core::SimTime due = core::month_start(budget.months.first);
  for (const auto& part : payments) {
    price += part.share * part.usd_per_h100e;
    due = std::max(due, part.due);
  }
  return price > 0 ? cloud.capital.plan_share * left_of_announced(budget, needed, budget.months.of(due)) / price : 0.0;
}

/// The shares of chips and sites that fit into a budget, and what is committed with them.
struct Granted {
  double chips = 0.0, sites = 0.0;
  Spending plan;
};

Granted grant(const Budget& budget, const Spending& committed, const Spending& chips, const Spending& site) {
  const Spending nothing(budget.months.size());
  const double both = affordable_share(budget, committed, sum(chips, site, 1.0));
  const Spending with_both = sum(sum(committed, chips, both), site, both);
  const double more_chips = (1.0 - both) * affordable_share(budget, with_both, sum(nothing, chips, 1.0 - both));
  const Spending with_chips = sum(with_both, chips, more_chips);
  const double more_site = (1.0 - both) * affordable_share(budget, with_chips, sum(nothing, site, 1.0 - both));
  return {both + more_chips, both + more_site, sum(with_chips, site, more_site)};
}

/// What a review finds before it decides anything.
ReviewSteps first_steps(const Headquarters& hq, const MarketView& view, const PublishedFleet& fleet, const ChipMix& mix,
                        const WantedOrder& wanted, core::SimTime now) {
  ReviewSteps review;
  review.closed_share = closed_share(cloud_of(view.compiled(), hq).capital);
  review.kw_per_h100e = mix.kw;
  review.missing_h100e = wanted.missing;
  review.queued_h100e = queued_h100e(hq, view, now);
  review.idle_h100e = fleet.unpowered;
  review.asked_h100e = wanted.asked;
  review.housed_h100e = wanted.housed;
  constexpr double kAnyMoney = std::numeric_limits<double>::infinity();
  if (fleet.power_binds) review.site_gap_kw = power_gap_kw(hq, view, fleet, mix, kAnyMoney, now);
  return review;
}

/// Reports the review at which the budget begins to bind, and the one at which it no longer does; counts what it
/// refused.
void tell_budget(Headquarters& hq, const std::string& cloud, double wanted, double granted, core::SimTime now) {
  hq.refused_usd += std::max(0.0, wanted - granted);
  const bool binds = granted < wanted * (1.0 - 1e-3);
  if (binds && !hq.budget_binds)
    hq.notices.push_back({now, "budget", cloud,
                          cloud + " ordered less than wanted: budget (" + billions(granted) + " of " +
                              billions(wanted) + " for chips and sites)"});
  if (!binds && hq.budget_binds)
    hq.notices.push_back({now, "budget", cloud, cloud + " orders what it wants again: its budget holds it"});
  hq.budget_binds = binds;
}

}  // namespace

DecisionFact decide_investment(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const auto& p = view.parameters();
  const auto& cloud = cloud_of(view.compiled(), hq);
  DecisionFact decision{now, DecisionKind::Investment, hq.cloud.number()};
  if (view.board.clouds[hq.cloud].loan.defaulted) return decision;  // creditors sell what there is, and buy nothing
  const PublishedFleet fleet = published_fleet(view, hq);
  const ChipMix mix = chip_mix(view.compiled(), cloud, now);
  const PlanMonths months = plan_months(p);
  const Budget budget = present_budget(hq, view, now);
  const Spending committed = committed_spending(hq, view, now);
  const WantedOrder wanted = wanted_order(hq, view, fleet, mix, now);
  ReviewSteps review = first_steps(hq, view, fleet, mix, wanted, now);
  double order = wanted.housed;
  double site_kw = 0.0;
  if (fleet.power_binds) {
    const double money = uncommitted(budget, committed, now, now + core::days(p.sites.lead_median_days));
    site_kw = wanted_sites(hq, review, cloud, power_gap_kw(hq, view, fleet, mix, money, now), now);
  }

  Spending site(months.size());
  const std::vector<ChipPayment> payments = chip_payments(view, cloud, now);
  plan_site(site, p, cloud, now + p.run.window, site_kw);
  Spending chips = cost_of_chips(payments, months, order);
  if (cloud.capital.plan_share > 0) {
    const double room = beyond_needs(cloud, budget, sum(sum(committed, chips, 1.0), site, 1.0), payments);
    review.planned_h100e = std::min(room, std::max(0.0, housed_order(hq, view, fleet, mix, now) - order));
    order += review.planned_h100e;
    hq.planned_usd += review.planned_h100e * mix.price;
    chips = cost_of_chips(payments, months, order);
    tell_plan(hq, cloud.name, review.planned_h100e * mix.price, now);
  }
  const Granted granted = grant(budget, committed, chips, site);
  check_plan(budget, committed, granted.plan, cloud.name);
  tell_budget(hq, cloud.name, total(chips) + total(site), total(granted.plan) - total(committed), now);
  decision.order_h100e = order * granted.chips;
  // What earlier orders left of a whole H100e joins this one (order_chips): a budget that binds leaves room for it.
  if (hq.budget_binds)
    for (const double rest : hq.order_rest) decision.order_h100e = std::max(0.0, decision.order_h100e - rest);
  decision.site_kw = site_kw * granted.sites;
  review.ordered_h100e = decision.order_h100e;
  review.started_kw = decision.site_kw;
  check_review(review, cloud.name);
  hq.review = review;
  return decision;
}

}  // namespace rackrate::market
