#include "sim/market/supply/headquarters.hpp"

#include <algorithm>

#include "sim/core/math.hpp"
#include "sim/market/supply/entry.hpp"
#include "sim/market/supply/investment.hpp"
#include "sim/market/supply/orders.hpp"
#include "sim/market/supply/pool.hpp"
#include "sim/market/supply/wanted_capacity.hpp"
#include "sim/market/view/list_prices.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

void invest(Headquarters& hq, const MarketView& view, Context& context) {
  const CloudSignal& signal = view.board.clouds[hq.cloud];
  observe(hq, signal.demand - signal.leased + signal.latent);
  hq.dearer_usd = std::min(hq.dearer_usd, off_plan(hq, view, context.now()).dearer_usd);
  // The rule is applied beside a replayed path too: what it wants and what its budget refuses is recorded.
  DecisionFact decision =
      hq.entry.outside() ? consider_entry(hq, view, context.now()) : decide_investment(hq, view, context.now());
  if (const DecisionPath* path = view.replayed_investment())
    decision = decision_at(path->investments[hq.cloud], context.now());
  hq.decisions.push_back(decision);
  if (hq.entry.outside() && (decision.site_kw > 0 || decision.order_h100e > 0)) enter(hq, view, context.now());
  if (decision.order_h100e > 0) order_chips(hq, view, context, decision.order_h100e);
  if (decision.site_kw > 0) start_sites(hq, view, context, decision.site_kw);
}

/// What a review makes of the list: a markup by use, on the cost of new capacity relative to that of the first day.
void move_list(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const auto& s = view.compiled();
  const auto& prices = view.parameters().prices;
  const auto& cloud = cloud_of(s, hq);
  const auto& signal = view.board.clouds[hq.cloud];
  if (prices.rule == PriceRule::Frozen) return;
  const bool follows = must_enter(cloud) && signal.available <= 0;  // nothing of its own to go by
  if (signal.available > 0)
    hq.markup = reviewed_index(prices, kept_markup(prices, hq.markup), cloud.target_utilisation,
                               signal.demand / signal.available);
  const double first = cost_of_new_hour(s, cloud, view.parameters().run.start), cost = cost_of_new_hour(s, cloud, now);
  if (prices.cost_pass_through > 0 && first > 0 && cost > 0)
    hq.cost_factor = math::pow(cost / first, prices.cost_pass_through);
  if (follows) hq.markup = market_for_compute(view).price_index / hq.cost_factor;
  const double discount = signal.loan.defaulted ? cloud.borrowing.creditor_discount : 0.0;
  const double list = std::clamp(hq.markup * hq.cost_factor * (1.0 - discount), kLeastPriceIndex, kMostPriceIndex);
  hq.price_index = posted_index(prices, list);
}

void review_price(Headquarters& hq, const MarketView& view, core::SimTime now) {
  const DecisionPath* path = view.replayed_prices();
  move_list(hq, view, now);
  if (path != nullptr) hq.price_index = decision_at(path->cloud_prices[hq.cloud], now).price_index;
  hq.decisions.push_back({now, DecisionKind::CloudPrice, hq.cloud.number(), hq.price_index});
}

/// What a plan says of a cloud that has none, too.
CapitalPlanFact standing(const Headquarters& hq, const MarketView& view, int month) {
  const auto& cloud = cloud_of(view.compiled(), hq);
  const CloudSignal& signal = view.board.clouds[hq.cloud];
  CapitalPlanFact fact;
  fact.month = std::max(core::month_start(month), view.parameters().run.start);
  fact.cloud = hq.cloud;
  fact.demand_h100e = signal.demand - signal.leased + signal.latent;
  fact.usd_per_mw = cost_of_new_megawatt(cloud, chip_mix(view.compiled(), cloud, fact.month));
  fact.may_enter = must_enter(cloud);
  fact.entered = hq.entry.entered;
  if (hq.entry.outside() && hq.entry.outcome != EntryState::Outcome::None) fact.entry_value = hq.entry.value;
  fact.funding_gap_usd = hq.entry.funding_gap_usd;
  return fact;
}

}  // namespace

Headquarters first_headquarters(const CompiledScenario& s, CloudId id) {
  Headquarters hq;
  hq.cloud = id;
  hq.order_rest.assign(s.parameters.vendors.size(), 0.0);
  hq.holt = first_forecast(s.parameters.clouds[id]);
  if (must_enter(s.parameters.clouds[id])) hq.entry.entered = core::kNever;
  hq.shell_kw.resize(plan_months(s.parameters).size());
  add_first_pipeline(hq, s);
  hq.prior = planned_spending(hq, s);
  return hq;
}

core::SimTime first_review(const MarketView& view, core::EntityKey key, ReviewOf which, double interval_months) {
  const double share = view.draws.uniform(at(key, Purpose::ReviewPhase, which == ReviewOf::Investment ? 0 : 1));
  // Not in the first window: nothing has been cleared yet, so there is nothing to observe.
  return view.parameters().run.start + view.parameters().run.window + core::years(interval_months / 12.0 * share);
}

CapitalPlanFact close_month(Headquarters& hq, const MarketView& view, int month) {
  const auto& p = view.parameters();
  const auto& cloud = cloud_of(view.compiled(), hq);
  const PlanMonths months = plan_months(p);
  const core::SimTime end = core::month_start(month + 1) - core::SimDuration{1};
  CapitalPlanFact fact = standing(hq, view, month);
  if (hq.entry.outside()) return fact;  // it has no budget, no debt and no orders
  const Spending plan = committed_spending(hq, view, end);
  const std::size_t position = months.of(end);
  const Spending paid = paid_spending(hq, view);
  const double allowed = allowed_so_far(present_budget(hq, view, end), paid, position);
  const bool year_begins = core::month_index(end) % 12 == 0;
  fact.budget_usd = allowed - (year_begins ? 0.0 : hq.allowed_usd);
  hq.allowed_usd = allowed;
  fact.committed_usd = std::max(0.0, total(plan) - total(paid));
  fact.prior_usd = hq.prior[position];
  const OffPlan off = off_plan(hq, view, end);
  fact.carried_usd = off.late_usd;
  fact.advanced_usd = off.early_usd;
  fact.dearer_usd = std::max(0.0, off.dearer_usd - hq.dearer_usd);
  if (core::month_index(end) % 12 == 11) hq.dearer_usd = off.dearer_usd;
  fact.refused_usd = hq.refused_usd;
  fact.planned_usd = hq.planned_usd;
  fact.site_kw = hq.started_kw;
  if (hq.review) fact.short_h100e = input_short(*hq.review);
  const LoanSignal& loan = view.board.clouds[hq.cloud].loan;
  fact.borrows = borrows(cloud);
  fact.net_debt_usd = loan.net_debt;
  fact.debt_limit_usd = loan.limit;
  fact.debt_coverage = loan.coverage;
  hq.refused_usd = hq.planned_usd = hq.started_kw = 0.0;
  hq.review.reset();
  return fact;
}

void handle_headquarters(Headquarters& hq, const MarketView& view, Context& context, const Event& event) {
  switch (event_kind(event)) {
    case EventKind::InvestmentReview:
      invest(hq, view, context);
      schedule(context, context.now() + core::years(cloud_of(view.compiled(), hq).capital.review_months / 12.0),
               InvestmentReview{});
      break;
    case EventKind::PriceReview:
      review_price(hq, view, context.now());
      schedule(context, context.now() + core::years(review_months(view.parameters().prices) / 12.0), PriceReview{});
      break;
    default: break;
  }
}

}  // namespace rackrate::market
