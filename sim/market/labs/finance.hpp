#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/market/view/market_view.hpp"

/// A lab's budget: what it can spend on training and research, and what it does when cash runs short (MODEL 4.4).
namespace rackrate::market {

/// What a lab remembers of its accounts.
struct LabFinance {
  std::vector<CashSignal> months;  ///< the last 13 that ended, the oldest first
  core::SimTime next_round = core::kNever;
  std::uint32_t rounds = 0;  ///< ordinal of the exogenous process of rounds
  int rung = 0;              ///< last reported stage of cuts, 0 to 3 (rung_of)
};

/// Where a lab stands at the start of a month; $ and $ a day.
struct CashPosition {
  double cash = 0.0;
  double expected = 0.0;                  ///< funding within the horizon
  double promised = 0.0;                  ///< of it rounds with a date, within the runway
  double earned = 0.0;                    ///< before training, research and commitments that are not met
  double fell = 0.0;                      ///< by how much less was earned in the last month
  double shortfall = 0.0;                 ///< paid for those commitments
  double training = 0.0, research = 0.0;  ///< what the plans cost
  double prepaid = 0.0;                   ///< of the plans, what commitments pay for anyway
  double reserved = 0.0;                  ///< of the plans, what runs on reserved compute, paid within `earned`
};

/// What the lab can spend a day on training and research: what it earns, and a share of cash and expected funding,
/// spread over the horizon, but no more than cash and promised money last for over the runway: funding that is only
/// expected pays no bill. At least what commitments pay for anyway. What ran on reserved compute is paid already.
[[nodiscard]] double affordable_per_day(const LabCash& rule, const CashPosition& position);

/// The share of its plans below which its budget does not go: the floor of the scenario, as far as cash and promised
/// money last for it over the runway.
[[nodiscard]] double floor_of(const LabCash& rule, const CashPosition& position);

/// $ a day by which cash falls under a decision.
[[nodiscard]] double falls_per_day(const CashPosition& position, const FinanceSignal& decision);

/// Teams and runs do not come back in a day: what was cut grows by at most 1 / restart of the plans a month, but for
/// what is paid for anyway.
[[nodiscard]] FinanceSignal restarted(const LabCash& rule, const CashPosition& position, const FinanceSignal& before,
                                      const FinanceSignal& decision);

/// $ that a lab must raise at once, whatever it costs its owners, or it could not pay the coming month's bills out of
/// cash and credit line: what it needs for the runway, at least that month's. 0: it can. Bills are those of the last
/// month where they were worse than before: a lease may have begun.
[[nodiscard]] double rescue_usd(const LabCash& rule, const CashPosition& position, const FinanceSignal& decision);

/// What a lab can pay for, and its stages of cuts. What is affordable goes to training first: research is cut to the
/// floor, then training is put off. With cash for less than the runway at the rate at which cash then falls,
/// commitments are deferred where they may be, and each contract is defaulted on at the hazard
///   default_hazard x max(0, 1 - (cash + promised) / (fall a day x runway)).
[[nodiscard]] FinanceSignal budget(const LabCash& rule, const CashPosition& position);

/// 0: nothing is cut; 1: research; 2: training; 3: commitments are deferred and may be defaulted on.
[[nodiscard]] int rung_of(const FinanceSignal& decision);

/// $ by which yearly revenue has grown in a year, by the months known: the last against the first, brought to a year. 0
/// with fewer than three.
[[nodiscard]] double yearly_growth_usd(const std::vector<CashSignal>& months);

/// What a lab takes of a round of `offered` $: no more than makes its cash last for `round_covers` of training and
/// research as planned, at what they cost in the last month.
[[nodiscard]] double most_raised(const LabCash& rule, const std::vector<CashSignal>& months, double cash,
                                 double offered);

[[nodiscard]] LabFinance first_finance(const MarketView& view, LabId lab);
/// Closes the next of the later rounds. Returns its size relative to what growth gives it, of mean 1.
double next_round_size(LabFinance& finance, const MarketView& view, LabId lab);
/// The start of a month: reads the accounts, closes a round that is due, sets the budget; from the third month known
/// on. Returns a sentence where the lab takes another rung of the ladder, and one where investors must rescue it.
std::vector<std::string> review_finance(LabFinance& finance, FinanceSignal& signal, const MarketView& view, LabId lab,
                                        core::SimTime now);

}  // namespace rackrate::market
