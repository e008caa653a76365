#pragma once
#include <optional>
#include <vector>

#include "sim/market/primitives/forecast.hpp"
#include "sim/market/supply/budget.hpp"
#include "sim/market/supply/input_short.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/view/notice.hpp"

namespace rackrate::market {

/// Chips on order: when they are expected and what they will cost.
struct ChipOrder {
  core::SimTime due;
  double h100e = 0.0;
  double usd_per_h100e = 0.0;
  core::SimTime unqueued;  ///< when it would have been shipped had its vendor no queue; kNever: no vendor queues it
};

/// Power on its way: one phase of a site. What is paid as it comes on is counted in kilowatts' worth of a site.
struct PowerOrder {
  core::SimTime due;
  double kw = 0.0;
  double paid_kw = 0.0;
};

/// Where a cloud stands that was not there on the first day (entry.hpp).
struct EntryState {
  enum class Outcome : std::uint8_t { None, TooLittle, Hesitates, Refused, Entered };
  core::SimTime entered = core::kAlways;  ///< kNever: it has not
  Outcome outcome = Outcome::None;        ///< of the last review outside
  double value = 0.0;                     ///< of its least scale, over its capital, at that review
  double funding_gap_usd = 0.0;           ///< then
  [[nodiscard]] bool outside() const { return entered == core::kNever; }
};

/// A cloud's head office: forecasts demand, orders chips, starts sites, reviews its compute price.
struct Headquarters {
  CloudId cloud;
  bool seen = false;                   ///< a first observation has set the level
  Holt holt;                           ///< of its demand, per quarter
  double latest = 0.0;                 ///< demand at the last review
  double ordered = 0.0;                ///< H100e ordered since the start, lots in transit then included
  Table<VendorId, double> order_rest;  ///< H100e wanted beyond the whole ones ordered, added to the next order
  double site_kw = 0.0;                ///< power started since the beginning: scripted sites and own starts
  std::vector<ChipOrder> chips;        ///< all orders to be paid, ascending in `due`, when they are shipped
  std::vector<PowerOrder> power;       ///< all phases, ascending in `due`
  std::vector<std::int64_t> shell_kw;  ///< worth of shells to pay, by month of the plan
  Spending prior;                      ///< what orders of before the start ask for, by month of the plan
  EntryState entry;
  double short_months = 0.0;  ///< for how long there has been a power gap, at reviews
  bool gap_seen = false;
  double allowed_usd = 0.0;                    ///< what its budget allowed the year up to the end of the last month
  double refused_usd = 0.0, started_kw = 0.0;  ///< of this month: for its plan fact
  double planned_usd = 0.0;                    ///< the same: chips that were announced and not needed
  double dearer_usd =
      0.0;  ///< paid beyond planned prices since the start: the least at a review of this year, or its begin
  std::optional<ReviewSteps> review;               ///< the last of this month
  bool budget_binds = false, build_binds = false;  ///< at the last review
  bool plan_leads = false;                         ///< the same: it ordered what it had announced, beyond its needs
  double price_index = 1.0;                        ///< posted
  double markup = 1.0;                             ///< what use has made of the list
  double cost_factor = 1.0;                        ///< what the cost of new capacity has made of it
  std::vector<DecisionFact> decisions;             ///< of this window, reported at its end
  std::vector<Notice> notices;                     ///< reported at the next barrier
};

/// A head office's cloud as the scenario describes it.
[[nodiscard]] inline const Cloud& cloud_of(const CompiledScenario& compiled, const Headquarters& hq) {
  return compiled.parameters.clouds[hq.cloud];
}

[[nodiscard]] Headquarters first_headquarters(const CompiledScenario& compiled, CloudId cloud);

/// At intervals, with a phase drawn per replication:
/// - investment: forecast D(t+h) by the cloud's rule, K* = D/u*; of what is missing after what is installed, on its way
///   and not about to retire, order the share kappa; when power has been short for a quarter, start sites for the share
///   kappa of the gap, as fast as regions can build. Chips and sites share one budget (budget.hpp); what does not fit
///   is not ordered (MODEL 3.6, checks A11, A12); a cloud that has not entered considers entry instead (entry.hpp);
/// - price: the list follows demand over what is for sale, by the scenario's rule (MODEL 8.1, check D7), and the cost
/// of
///   new capacity, as far as that is passed through; a part of what use has added fades.
/// Either takes the decision of its date from a recorded path where one is given (MarketView::replay).
void handle_headquarters(Headquarters& hq, const MarketView& view, Context& context, const Event& event);

/// First review of a cloud or lab: within the first interval, keyed by replication; each kind of review has a phase of
/// its own.
enum class ReviewOf : std::uint8_t { Investment, Price };
[[nodiscard]] core::SimTime first_review(const MarketView& view, core::EntityKey key, ReviewOf which,
                                         double interval_months = 3.0);

/// The cloud's plan as of the end of a month; forgets what was counted for the month.
[[nodiscard]] CapitalPlanFact close_month(Headquarters& hq, const MarketView& view, int month);

}  // namespace rackrate::market
