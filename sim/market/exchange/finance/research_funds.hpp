#pragma once
#include "sim/market/exchange/clearing/load.hpp"
#include "sim/market/view/market_view.hpp"

/// What a lab's cash and credit let it train and do research on, day by day (MODEL 4.4). The lab's own review sets
/// budgets once a month; a budget that cash no longer covers is cut here, before the day is cleared.
namespace rackrate::market {

/// A lab on a day. Compute in H100e, money in $ and $ a day.
struct FundsOfDay {
  double room = 0.0;                      ///< cash and what is left of its credit
  double buffer_days = 0.0;               ///< with room for less than this it cuts
  double price = 0.0;                     ///< of an H100e-day
  double paid = 0.0;                      ///< worth of training and research that is owed or paid for anyway
  double training = 0.0, research = 0.0;  ///< what its plans ask for
  double training_share = 1.0, research_share = 1.0;  ///< of them, in its budget
};

/// The shares of its plans that it asks for. Beyond what is paid for anyway it spends at most
///   room / buffer a day,
/// so room shrinks like e^(-t/buffer) and is never used up by training and research; without room only what is paid for
/// is left. Research yields first. The shares are those of its budget, to the bit, where room lasts.
[[nodiscard]] ResearchPlan funded_plan(const FundsOfDay& day);

/// Cuts the training and research streams of every lab whose budgets follow its cash to what is funded at t. Keeps the
/// plans in `load.plans`.
void fund_research(const MarketView& view, Load& load);

/// No training and no research beyond what is paid for anyway while the account is below its credit line.
/// `h100e`: what ran of them, in so many classes of demand.
/// Throws: core::LedgerError that names the lab and both amounts, $ a day.
void check_research_funds(const MarketView& view, LabId lab, double h100e, std::int64_t classes);

}  // namespace rackrate::market
