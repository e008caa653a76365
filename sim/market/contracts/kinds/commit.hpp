#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

enum class CarryRule : std::uint8_t { None, OnePeriod };

namespace kinds {

inline constexpr std::array<std::string_view, 2> kCarryRuleNames{"none", "one_period"};

/// Take-or-pay: the payer buys at least the amount from the payee over the clause's dates, or pays the rest.
struct Commit : Kind, Paid {
  static constexpr std::string_view name = "commit";
  static constexpr bool moves_between_parties = true;
  double amount_usd = 0.0;         ///< total over [from, until)
  double already_drawn_usd = 0.0;  ///< before the scenario starts
  core::SimDuration period{0};     ///< length of one settlement period; 0: the whole term
  CarryRule carry = CarryRule::None;

  [[nodiscard]] Sides sides() const { return {.payer = payer, .payee = payee}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void settle(ClauseRun& run, LabelId label) const;
  void audit(AuditRun& run, LabelId label) const;
  void lapse(ClauseRun& run, LabelId label) const;
  void audit_lapse(AuditRun& run, LabelId label) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Paid::describe(keys);
    shared::amount(keys, &Commit::amount_usd);
    keys.number("already_drawn", &Commit::already_drawn_usd, KeyUnit::Dollars, "Drawn before the run starts.")
        .at_least(0.0);
    shared::period(keys, &Commit::period);
    keys.choice("carry", &Commit::carry, kCarryRuleNames,
                "Whether a shortfall payment may be used in the next period.");
  }
  friend bool operator==(const Commit&, const Commit&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
