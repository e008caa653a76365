#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// What a breach of the contract costs: a sum when it begins, and a rate while it lasts.
struct Damages : Kind, Paid {
  static constexpr std::string_view name = "damages";
  static constexpr bool moves_between_parties = true;
  double amount_usd = 0.0;    ///< once a breach
  double per_year_usd = 0.0;  ///< while a breach lasts

  [[nodiscard]] bool acts_daily() const { return per_year_usd > 0; }
  [[nodiscard]] Sides sides() const { return {.payer = payer, .payee = payee}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void settle(ClauseRun& run, LabelId label) const;
  void audit(AuditRun& run, LabelId label) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Paid::describe(keys);
    shared::amount(keys, &Damages::amount_usd);
    keys.number("per_year", &Damages::per_year_usd, KeyUnit::DollarsPerYear,
                "Damages while a breach lasts, besides amount.")
        .at_least(0.0);
  }
  friend bool operator==(const Damages&, const Damages&) = default;
};

}  // namespace rackrate::market::kinds
