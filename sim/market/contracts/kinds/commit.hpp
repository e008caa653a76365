#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

enum class CarryRule : std::uint8_t { None, OnePeriod };
/// What is owed for the time in which access that a commitment was signed for is barred: all of it, nothing while
/// nothing of it is permitted, or the share that is permitted.
enum class BarredRule : std::uint8_t { Owe, Suspend, Scale };
/// Whether what the payee has no compute for is owed all the same.
enum class UndeliveredRule : std::uint8_t { Owe, Excuse };

namespace kinds {

inline constexpr std::array<std::string_view, 2> kCarryRuleNames{"none", "one_period"};
inline constexpr std::array<std::string_view, 3> kBarredRuleNames{"owe", "suspend", "scale"};
inline constexpr std::array<std::string_view, 2> kUndeliveredRuleNames{"owe", "excuse"};

/// Take-or-pay: the payer buys at least the amount from the payee over the clause's dates, or pays the rest.
struct Commit : Kind, Paid {
  static constexpr std::string_view name = "commit";
  static constexpr bool moves_between_parties = true;
  double amount_usd = 0.0;         ///< total over [from, until)
  double already_drawn_usd = 0.0;  ///< before the scenario starts
  core::SimDuration period{0};     ///< length of one settlement period; 0: the whole term
  CarryRule carry = CarryRule::None;
  std::string requires_access;  ///< role, or label of the grant, that it was signed for; empty: it stands alone
  BarredRule while_barred = BarredRule::Owe;
  UndeliveredRule undelivered = UndeliveredRule::Owe;
  double deferral_fee = -1.0;  ///< on what is pushed out into the next period; negative: nothing can be
  double recovery = 0.0;       ///< share of what remains that is still owed after the payer's default
  std::string assignee;        ///< the firm whose purchases count for the payer where it falls behind; empty: nobody's
  double assignment_discount = 0.0;         ///< what the payer leaves it of them
  double buyout = -1.0;                     ///< share of what remains that ends it; negative: it cannot be bought out
  core::SimTime bought_out = core::kNever;  ///< when the payer does so

  [[nodiscard]] Sides sides() const { return {.payer = payer, .payee = payee}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void check_references(const std::vector<Contract>& all, const Contract& contract, const Clause& clause,
                        contracts::Complaints& complaints) const;
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
    keys.text("requires", &Commit::requires_access,
              "The access it was signed for: a role, or a grant clause as \"clause\" of this contract or "
              "\"contract/clause\". The clause's scope narrows it.")
        .if_absent("it stands by itself");
    keys.choice("while_barred", &Commit::while_barred, kBarredRuleNames,
                "What is owed for the time in which that access is barred: all (owe), nothing while none of it is "
                "permitted (suspend), or the share of its products that is permitted (scale).");
    keys.choice(
        "undelivered", &Commit::undelivered, kUndeliveredRuleNames,
        "What the payer had work for while the payee had no compute left to sell: owed like what the payer does "
        "not want (owe), or not (excuse).");
    keys.number("deferral_fee", &Commit::deferral_fee, KeyUnit::Share,
                "A payer short of cash may push what falls short of one period into the next, for this fee on it.")
        .within(0.0, 1.0)
        .if_absent("nothing can be pushed out");
    keys.number("recovery", &Commit::recovery, KeyUnit::Share,
                "Share of what remains that is still owed, period by period, after its payer has defaulted.")
        .within(0.0, 1.0);
    keys.text("assignee", &Commit::assignee,
              "The firm that takes over what the payer does not use: what it buys from the payee counts for the payer "
              "as far as the payer is behind an even draw.")
        .naming(KeyNames::Firms)
        .if_absent("it cannot be assigned");
    keys.number("assignment_discount", &Commit::assignment_discount, KeyUnit::Share,
                "What the payer leaves the assignee of purchases that count for it.")
        .within(0.0, 1.0);
    keys.number("buyout", &Commit::buyout, KeyUnit::Share,
                "Share of what remains for which the payer may end the commitment.")
        .within(0.0, 1.0)
        .if_absent("it cannot be bought out");
    keys.date("bought_out", &Commit::bought_out, "When the payer buys itself out.").or_never();
  }
  friend bool operator==(const Commit&, const Commit&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
