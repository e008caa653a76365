#pragma once
#include <vector>

#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

enum class HostingPayer : std::uint8_t { Lab, Channel };

/// How the rate of a resale is set on its first day.
enum class RateSettlement : std::uint8_t { Stated, Bargained };

/// Who sets the price on the channel: the lab's list holds, the lab by its policy, or the channel's firm.
enum class PriceSetter : std::uint8_t { Lab, Host, Parity };

/// A rate that the two sides of a resale agreed on, from this instant on.
struct AgreedRate {
  core::SimTime from = core::kAlways;
  double rate = 0.0;
  friend bool operator==(const AgreedRate&, const AgreedRate&) = default;
};

namespace kinds {

inline constexpr std::array<std::string_view, 2> kHostingPayerNames{"lab", "channel"};
inline constexpr std::array<std::string_view, 3> kPriceSetterNames{"lab", "host", "parity"};
inline constexpr std::array<std::string_view, 2> kRateSettlementNames{"stated", "bargained"};

/// Terms on which a channel sells a lab's models: its share of the price, and who pays the host. Settled with each
/// sale. The rate is stated, or bargained over when the clause begins and at renewals (negotiation/resale_talks.cpp).
struct Resale : Kind {
  static constexpr std::string_view name = "resale";
  std::string lab, channel;
  double rate = 0.0;  ///< the channel's share of the price; bargained over, that of the days before
  HostingPayer hosting = HostingPayer::Lab;
  PriceSetter sets_price = PriceSetter::Lab;
  RateSettlement settled = RateSettlement::Stated;
  core::SimDuration renewal{0};  ///< from its first day to the next bargain, and on; 0: never
  double channel_weight = 0.5;   ///< bargaining weight of the channel's firm
  double least_rate = 0.0, most_rate = 1.0;
  std::vector<AgreedRate> agreed;  ///< set in a run, never written; ascending

  /// The channel's share of the price at t: the last one agreed, else what is stated.
  [[nodiscard]] double rate_at(core::SimTime t) const;
  /// Do the two bargain over it at all?
  [[nodiscard]] bool is_bargained() const { return settled == RateSettlement::Bargained || renewal.count() > 0; }

  [[nodiscard]] Sides sides() const { return {.lab = lab, .channel = channel}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void check_market(const Actors& actors, const Contract& contract, const Clause& clause,
                    contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    shared::lab(keys, &Resale::lab);
    shared::channel(keys, &Resale::channel);
    shared::rate(keys, &Resale::rate);
    keys.choice("hosting", &Resale::hosting, kHostingPayerNames, "Who pays the host.");
    keys.choice("sets_price", &Resale::sets_price, kPriceSetterNames,
                "Who sets the price on the channel: the lab by its channel_pricing, the channel's firm as its best "
                "reply, or nobody: the lab's list holds.");
    keys.choice("settled", &Resale::settled, kRateSettlementNames,
                "How the rate is set when the clause begins in a run: as written, or by bargaining between the lab and "
                "the channel's firm.");
    shared::renewal(keys, &Resale::renewal);
    keys.number("channel_weight", &Resale::channel_weight, KeyUnit::Share,
                "Bargaining weight of the channel's firm over the rate.")
        .within(0.0, 1.0);
    keys.number("least_rate", &Resale::least_rate, KeyUnit::Share, "No bargain ends with a lower rate.")
        .within(0.0, 1.0);
    keys.number("most_rate", &Resale::most_rate, KeyUnit::Share, "No bargain ends with a higher rate.")
        .within(0.0, 1.0);
  }
  friend bool operator==(const Resale&, const Resale&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
