#include "sim/market/exchange/finance/research_funds.hpp"

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/market/exchange/finance/cash.hpp"

namespace rackrate::market {
namespace {

constexpr double kDaysOfAMonth = core::kDaysPerYear / 12.0;

bool is_research(const StreamRef& stream) {
  return !stream.application.exists() && (stream.product == Product::Training || stream.product == Product::Research);
}

bool follows_cash(const Parameters& p, LabId lab) { return keeps_cash(p, lab) && p.labs[lab].cash.limits; }

double room_of(const MarketView& view, LabId lab) {
  return view.board.cash[lab].cash.usd() + view.parameters().labs[lab].cash.overdraft_usd;
}

/// Worth of training and research that is owed or paid for anyway, $ a day.
double paid_anyway(const CashSignal& cash) { return cash.prepaid + cash.reserved; }

FundsOfDay funds_of_day(const MarketView& view, LabId lab, const ResearchPlan& plan) {
  const CashSignal& cash = view.board.cash[lab];
  FundsOfDay day;
  day.room = room_of(view, lab);
  day.buffer_days = view.parameters().labs[lab].cash.buffer_months * kDaysOfAMonth;
  day.price = cash.price;
  day.paid = paid_anyway(cash);
  day.training = plan.training;
  day.research = plan.research;
  day.training_share = plan.training_share;
  day.research_share = plan.research_share;
  return day;
}

}  // namespace

ResearchPlan funded_plan(const FundsOfDay& day) {
  ResearchPlan plan{day.training, day.research, day.training_share, day.research_share};
  const double training = day.price * day.training, research = day.price * day.research;
  const double budget = training * plan.training_share + research * plan.research_share;
  const double beyond = std::max(0.0, budget - day.paid);
  if (day.room >= beyond * day.buffer_days) return plan;
  const double funded = std::min(budget, day.paid) + std::max(0.0, day.room) / day.buffer_days;
  if (research > 0)
    plan.research_share = std::clamp((funded - training * plan.training_share) / research, 0.0, plan.research_share);
  if (training > 0)
    plan.training_share = std::clamp((funded - research * plan.research_share) / training, 0.0, plan.training_share);
  return plan;
}

void fund_research(const MarketView& view, Load& load) {
  const auto& s = view.compiled();
  load.plans.assign(s.parameters.labs.size(), {});
  for (const StreamId k : s.streams.ids())
    if (const auto& ref = s.streams[k]; is_research(ref))
      (ref.product == Product::Training ? load.plans[ref.lab].training : load.plans[ref.lab].research) +=
          load.streams[k].h100e;
  for (const LabId lab : load.plans.ids()) {
    if (!follows_cash(s.parameters, lab)) continue;
    ResearchPlan& plan = load.plans[lab];
    plan.training_share = view.board.labs[lab].finance.training;
    plan.research_share = view.board.labs[lab].finance.research;
    plan = funded_plan(funds_of_day(view, lab, plan));
  }
  for (const StreamId k : s.streams.ids()) {
    const auto& ref = s.streams[k];
    if (!is_research(ref) || !load.plans[ref.lab].is_cut()) continue;
    load.streams[k].h100e *= load.plans[ref.lab].share_of(ref.product);
    load.streams[k].usd_per_day *= load.plans[ref.lab].share_of(ref.product);
  }
}

void check_research_funds(const MarketView& view, LabId lab, double h100e, std::int64_t classes) {
  const CashSignal& cash = view.board.cash[lab];
  if (!follows_cash(view.parameters(), lab) || room_of(view, lab) >= 0) return;
  // A class asks for whole H100e and carries the rest: at most one H100e more than its load.
  const double most = paid_anyway(cash) * (1.0 + 1e-9) + cash.price * core::real(classes);
  if (h100e * cash.price > most)
    throw core::LedgerError(view.parameters().labs[lab].name + " trains and does research for " +
                            to_string(Money::from_usd(h100e * cash.price)) +
                            " a day while its cash is below its credit line; expected at most " +
                            to_string(Money::from_usd(most)) + ", what is owed or paid for anyway");
}

}  // namespace rackrate::market
