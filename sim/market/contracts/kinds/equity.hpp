#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// A stake that one firm holds in another.
struct Equity : Kind {
  static constexpr std::string_view name = "equity";
  static constexpr bool moves_between_parties = true;
  static constexpr std::string_view payer_key = "firm", payee_key = "owner";
  std::string owner, firm;
  double share = 0.0;

  [[nodiscard]] bool acts_daily() const { return false; }  // a memo: in nobody's profit
  [[nodiscard]] Sides sides() const { return {.payer = firm, .payee = owner}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void settle(ClauseRun& run, LabelId label) const;
  void lapse(ClauseRun& run, LabelId label) const;

  template <class Keys>
  static void describe(Keys& keys) {
    keys.text("owner", &Equity::owner, "The firm that holds the stake.").required().naming(KeyNames::Firms);
    keys.text("firm", &Equity::firm, "The firm that is owned.").required().naming(KeyNames::Firms);
    shared::share(keys, &Equity::share);
  }
  friend bool operator==(const Equity&, const Equity&) = default;
};

}  // namespace rackrate::market::kinds
