#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

/// When a contract price of hosting moves: with the host's list, or at its renewals alone.
enum class HostingMoves : std::uint8_t { WithList, AtRenewal };

namespace kinds {

inline constexpr std::array<std::string_view, 2> kHostingMovesNames{"with_list", "at_renewal"};

/// The price at which a cloud hosts a lab. Settled with the compute that is served.
struct Hosting : Kind {
  static constexpr std::string_view name = "hosting";
  std::string lab, host;
  double price_usd = -1.0;  ///< per H100e-hour; negative: the cloud's list price
  HostingMoves moves = HostingMoves::WithList;
  core::SimDuration renewal{0};  ///< of a held price; 0: never

  [[nodiscard]] Sides sides() const { return {.lab = lab, .host = host}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    shared::lab(keys, &Hosting::lab);
    shared::host(keys, &Hosting::host);
    shared::price(keys, &Hosting::price_usd);
    keys.choice("moves", &Hosting::moves, kHostingMovesNames,
                "When the price moves: in proportion to the host's list at once, or by as much at its renewals alone.");
    shared::renewal(keys, &Hosting::renewal);
  }
  friend bool operator==(const Hosting&, const Hosting&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
