#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// An investment that is paid on the first day on which all its milestones hold.
struct Tranche : Kind, Paid, Milestones {
  static constexpr std::string_view name = "tranche";
  static constexpr bool moves_between_parties = true;
  double amount_usd = 0.0;
  double valuation_usd = 0.0;  ///< post-money; 0: buys no stake

  [[nodiscard]] bool acts_daily() const { return false; }
  [[nodiscard]] Sides sides() const { return {.payer = payer, .payee = payee, .lab = of_lab, .host = at_cloud}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void check_references(const std::vector<Contract>& all, const Contract& contract, const Clause& clause,
                        contracts::Complaints& complaints) const;
  void settle(ClauseRun& run, LabelId label) const;
  void audit(AuditRun& run, LabelId label) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Paid::describe(keys);
    shared::amount(keys, &Tranche::amount_usd);
    keys.number("valuation", &Tranche::valuation_usd, KeyUnit::Dollars,
                "Value of the firm after the investment; the tranche buys amount / valuation.")
        .at_least(0.0)
        .if_absent("no stake is bought");
    Milestones::describe(keys);
  }
  friend bool operator==(const Tranche&, const Tranche&) = default;
};

}  // namespace rackrate::market::kinds
