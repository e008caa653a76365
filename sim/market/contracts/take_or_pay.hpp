#pragma once
#include <optional>
#include <vector>

#include "sim/core/money.hpp"
#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market::contracts {

/// One settlement period of a commitment; the end is exclusive.
struct CommitPeriod {
  core::SimTime from, until;
  Money commitment;
};

/// One settled period. cash = max(commitment, spend) - credit_used - deferred.
struct Settlement {
  core::SimTime from, until;
  Money commitment;
  Money spend;           ///< usage at contract prices
  Money credit_used;     ///< last period's shortfall, used on spend above this commitment
  Money credit_expired;  ///< last period's shortfall, not used
  Money shortfall;       ///< paid at the end of the period for what was not used
  Money cash;
  Money deferred;  ///< fell short and was pushed into the next period

  /// So much of it fell short and was paid before its end.
  void add_shortfall(Money paid) {
    commitment += paid;
    shortfall += paid;
    cash += paid;
  }
};

/// The periods of a commitment clause from `start` (the scenario's first day, or the clause's own later
/// start): what is left after `already_drawn_usd` is spread evenly over the time left. Periods are
/// counted from the clause's beginning and end on whole days; the last may be shorter and owes its share.
/// `drawn` is what was drawn since the scenario's start, under earlier terms. The parts sum to the amount left exactly.
[[nodiscard]] std::vector<CommitPeriod> commit_periods(const Clause& clause, const Version& version,
                                                       core::SimTime start, Money drawn = {});

/// Does the clause ask for the same as the statement before it, whose schedule ends at `end`? Their beginnings do not
/// matter: a restatement counts from the day of the first. Nor does the end of the version before, which an override
/// may have cut since.
[[nodiscard]] bool same_commitment(const Clause& clause, const Version& version, const Clause& before,
                                   core::SimTime end);
/// The end of a schedule; kAlways: of none.
[[nodiscard]] inline core::SimTime end_of(const std::vector<CommitPeriod>& periods) {
  return periods.empty() ? core::kAlways : periods.back().until;
}

/// The account of one take-or-pay commitment: usage is paid as it happens, the shortfall max(C - S, 0)
/// at the end of each period. Under CarryRule::OnePeriod a shortfall is a credit in the next period,
/// usable only on spend above that period's commitment, and gone after it.
///
/// A plain value. Usage outside the periods is charged in full and counts towards none.
/// Source: MODEL 5.5, check B7.
class TakeOrPay {
 public:
  TakeOrPay() = default;
  TakeOrPay(std::vector<CommitPeriod> periods, CarryRule carry)
      : periods_(std::move(periods)), end_(end_of(periods_)), carry_(carry) {}

  /// Usage at t. Returns the cash due for it now: the usage less any credit it may use.
  /// Trap: settle periods that end at or before t first.
  Money spend(core::SimTime t, Money usage);
  /// For this time of the open period nothing is owed: its commitment is less by this part of its length. Does nothing
  /// before it begins. Precondition: the time is not more than what of the period has passed since it was last excused.
  void excuse(core::SimDuration time);
  /// Settles the next period if it has ended by t; call until it returns nothing.
  /// With a `deferral_fee` what falls short, and is not among the `booked`, is not due but added, with the fee, to the
  /// next period, if there is one.
  std::optional<Settlement> settle(core::SimTime t, std::optional<double> deferral_fee = {}, Money booked = {});
  /// What use is behind an even draw of the open period by t, which lies in it: the part of the commitment that has
  /// passed, less what is excused and what was bought. 0 where no period is open.
  [[nodiscard]] Money behind(core::SimTime t) const;
  /// The payer ends it: what was booked of the open period stays paid, later periods are dropped. Returns: what
  /// remained beyond that.
  Money buy_out(Money booked);
  /// From now on this share of the commitment is owed, in the open and in all later periods.
  void write_down(double share);
  /// The commitment lapses at t: settles the open period with its commitment cut to the time elapsed
  /// (periods that ended before must be settled already) and drops the later ones.
  std::optional<Settlement> terminate(core::SimTime t);

  /// So much of the open period's shortfall was paid before its end: it counts as drawn.
  void add_paid(Money amount) { settled_ += amount; }
  /// Goes on under new terms from t: the open period ends at t, nothing more falls due, what was bought in it is drawn,
  /// and `periods` take the place of what was left of the schedule. Under CarryRule::OnePeriod a credit that was
  /// good in the open period is good in the first new one; under None it is gone.
  /// Trap: settle periods that end at or before t first.
  std::optional<Settlement> restate(core::SimTime t, std::vector<CommitPeriod> periods, CarryRule carry);

  /// What counts as drawn from the commitment so far: the cash paid under it. Usage outside the periods does not.
  [[nodiscard]] Money drawn() const;
  /// When its schedule ends, as it began.
  [[nodiscard]] core::SimTime end() const { return end_; }
  /// The period that is open, or none.
  [[nodiscard]] const CommitPeriod* open_period() const { return open_ < periods_.size() ? &periods_[open_] : nullptr; }

  /// What is still to be bought in the open period when of the time from t to its end `left_out` is excused, the credit
  /// that purchases beyond it would use included: so much of what is bought costs nothing. 0 where no period is open.
  [[nodiscard]] Money prepaid(core::SimDuration left_out) const;

  /// What is still to be bought in the open and all later periods.
  [[nodiscard]] Money remaining() const;

 private:
  Settlement close(const CommitPeriod& period);
  /// What the open period asks for when this much of it is excused.
  [[nodiscard]] Money asked(core::SimDuration excused) const;

  std::vector<CommitPeriod> periods_;
  core::SimTime end_ = core::kAlways;  ///< of the schedule
  std::size_t open_ = 0;               ///< index into periods_
  CarryRule carry_ = CarryRule::None;
  Money settled_;  ///< cash of the periods that are over
  Money spent_;    ///< in the open period
  Money credit_;   ///< last period's shortfall
  Money credit_used_;
  core::SimDuration excused_{0};  ///< of the open period
};

}  // namespace rackrate::market::contracts
