#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// A host that a lab prefers: routing discounts the host's cost, the host gets a least share of the volume, or both.
struct Primary : Kind {
  static constexpr std::string_view name = "primary";
  std::vector<Role> role;  ///< HOST, TRAIN; empty: both
  std::string lab, host;
  double weight = 0.0;     ///< routing takes the host's cost to be lower by this share
  double min_share = 0.0;  ///< of the lab's volume, where capacity permits

  [[nodiscard]] Sides sides() const { return {.lab = lab, .host = host}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    shared::role(keys, &Primary::role);
    shared::lab(keys, &Primary::lab);
    shared::host(keys, &Primary::host);
    shared::weight(keys, &Primary::weight);
    keys.number("min_share", &Primary::min_share, KeyUnit::Share,
                "Least share of the lab's volume at the host, where capacity permits.")
        .within(0.0, 1.0);
  }
  friend bool operator==(const Primary&, const Primary&) = default;
};

}  // namespace rackrate::market::kinds
