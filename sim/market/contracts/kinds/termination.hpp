#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// The payer's right to leave the contract, after notice and for a fee.
struct Termination : Kind, Paid {
  static constexpr std::string_view name = "termination";
  static constexpr bool moves_between_parties = true;
  double amount_usd = 0.0;                 ///< the fee
  core::SimDuration notice{0};             ///< from the exercise to the contract's end
  core::SimTime exercised = core::kNever;  ///< written, or set in a run

  [[nodiscard]] bool acts_daily() const { return false; }
  [[nodiscard]] Sides sides() const { return {.payer = payer, .payee = payee}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  /// States what a notice given already will cost; the fee itself is posted by settle_notices().
  void settle(ClauseRun& run, LabelId label) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Paid::describe(keys);
    shared::amount(keys, &Termination::amount_usd);
    shared::notice(keys, &Termination::notice);
    keys.date("exercised", &Termination::exercised, "When notice is given.").or_never();
  }
  friend bool operator==(const Termination&, const Termination&) = default;
};

}  // namespace rackrate::market::kinds
