#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

enum class HostingPayer : std::uint8_t { Lab, Channel };

namespace kinds {

inline constexpr std::array<std::string_view, 2> kHostingPayerNames{"lab", "channel"};

/// Terms on which a channel sells a lab's models: its share of the price, and who pays the host. Settled with each
/// sale.
struct Resale : Kind {
  static constexpr std::string_view name = "resale";
  std::string lab, channel;
  double rate = 0.0;  ///< the channel's share of the price
  HostingPayer hosting = HostingPayer::Lab;

  [[nodiscard]] Sides sides() const { return {.lab = lab, .channel = channel}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    shared::lab(keys, &Resale::lab);
    shared::channel(keys, &Resale::channel);
    shared::rate(keys, &Resale::rate);
    keys.choice("hosting", &Resale::hosting, kHostingPayerNames, "Who pays the host.");
  }
  friend bool operator==(const Resale&, const Resale&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
