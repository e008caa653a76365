#pragma once
#include "sim/market/supply/headquarters.hpp"

namespace rackrate::market {

/// Sends the vendors an order, split by the cloud's mix, and notes what it will cost and when.
void order_chips(Headquarters& hq, const MarketView& view, Context& context, double order);
/// Sites of so much power: each region's part to the power authority, and to its pool, which pays for the shell.
void start_sites(Headquarters& hq, const MarketView& view, Context& context, double site_kw);
/// What was ordered and started before the first day: the backlog, scripted lots and sites count as on their way.
void add_first_pipeline(Headquarters& hq, const CompiledScenario& compiled);

/// Adds to a plan what a site started at that time will cost: its shell while it is built, the rest with its phases.
void plan_site(Spending& plan, const Parameters& parameters, const Cloud& cloud, core::SimTime from, double kilowatts);

/// What all orders ask for by plan, late or early as they may come: chips when they were to be shipped, shells by
/// month, the rest of a site with its phases.
[[nodiscard]] Spending planned_spending(const Headquarters& hq, const CompiledScenario& compiled);
/// What the firm has paid, by month of the plan.
[[nodiscard]] Spending paid_spending(const Headquarters& hq, const MarketView& view);
/// What the firm has paid and what it has ordered and will pay, by month of the plan, whole firm. Months that have
/// ended hold what was paid. What is overdue stands in the present month.
[[nodiscard]] Spending committed_spending(const Headquarters& hq, const MarketView& view, core::SimTime now);

/// How what is paid lies beside the plan, $: at the prices of the plan what was due before now and is still to be paid,
/// and what is due later and has been paid; and what was paid since the start beyond these prices. A month's shells are
/// due at its last instant.
struct OffPlan {
  double late_usd = 0.0, early_usd = 0.0, dearer_usd = 0.0;
};
[[nodiscard]] OffPlan off_plan(const Headquarters& hq, const MarketView& view, core::SimTime now);

/// H100e on order that vendors have not shipped and would have, had they no queue.
[[nodiscard]] double queued_h100e(const Headquarters& hq, const MarketView& view, core::SimTime now);

/// The firm's rule with what it means to spend in place of what it announced: each span times a lognormal error of mean
/// one, keyed by (cloud, month and name of the span).
[[nodiscard]] CapitalRule intended(const MarketView& view, CloudId cloud);
/// What the firm may spend as of now: by its guidance, and by its cash and debt (budget.hpp).
[[nodiscard]] Budget present_budget(const Headquarters& hq, const MarketView& view, core::SimTime now);

/// All of a plan, $.
[[nodiscard]] double total(const Spending& spending);

}  // namespace rackrate::market
