#pragma once
#include <optional>

#include "sim/core/money.hpp"
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

enum class RevshareBase : std::uint8_t { LabRevenue, ChannelRevenue };

namespace kinds {

inline constexpr std::array<std::string_view, 2> kRevshareBaseNames{"lab_revenue", "channel_revenue"};

/// A share of the revenue of a lab, or of a channel with a lab's models.
struct Revshare : Kind, Paid {
  static constexpr std::string_view name = "revshare";
  static constexpr bool moves_between_parties = true;
  RevshareBase base = RevshareBase::LabRevenue;
  std::string lab;
  std::string channel;            ///< of a share of channel revenue
  double rate = 0.0;              ///< share of the base
  double cap_usd = -1.0;          ///< cumulative from the version's effective date; negative: no cap
  double already_paid_usd = 0.0;  ///< counted against the cap before the scenario starts

  [[nodiscard]] Sides sides() const { return {.payer = payer, .payee = payee, .lab = lab, .channel = channel}; }
  [[nodiscard]] std::optional<Money> cap() const {
    return cap_usd < 0.0 ? std::nullopt : std::optional(Money::from_usd(cap_usd));
  }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  /// Revenue shares that together take more than the whole of one base at some date.
  static void check_all(const std::vector<Contract>& contracts, contracts::Complaints& complaints);
  void settle(ClauseRun& run, LabelId label) const;
  void audit(AuditRun& run, LabelId label) const;

  template <class Keys>
  static void describe(Keys& keys) {
    Paid::describe(keys);
    keys.choice("base", &Revshare::base, kRevshareBaseNames, "The revenue that is shared.");
    shared::lab(keys, &Revshare::lab);
    shared::channel(keys, &Revshare::channel);
    shared::rate(keys, &Revshare::rate);
    keys.number("cap", &Revshare::cap_usd, KeyUnit::Dollars, "Most that is paid in all.")
        .at_least(0.0)
        .if_absent("no cap");
    keys.number("already_paid", &Revshare::already_paid_usd, KeyUnit::Dollars,
                "Paid toward the cap before the run starts.")
        .at_least(0.0);
  }
  friend bool operator==(const Revshare&, const Revshare&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
