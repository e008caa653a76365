#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// Purchases through a channel that draw down what enterprises have committed to its cloud. Settled with the day's
/// sales.
struct Drawdown : Kind {
  static constexpr std::string_view name = "drawdown";
  std::string channel;
  double share = 0.0;  ///< the most of a commitment that may be drawn

  [[nodiscard]] Sides sides() const { return {.channel = channel}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void check_market(const Actors& actors, const Contract& contract, const Clause& clause,
                    contracts::Complaints& complaints) const;
  /// What enterprises committed is counted from the first day on, if a clause draws it then.
  static void check_all(const std::vector<Contract>& contracts, contracts::Complaints& complaints);

  template <class Keys>
  static void describe(Keys& keys) {
    shared::channel(keys, &Drawdown::channel);
    shared::share(keys, &Drawdown::share);
  }
  friend bool operator==(const Drawdown&, const Drawdown&) = default;
};

}  // namespace rackrate::market::kinds
