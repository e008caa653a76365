#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// The price at which a cloud hosts a lab. Settled with the compute that is served.
struct Hosting : Kind {
  static constexpr std::string_view name = "hosting";
  std::string lab, host;
  double price_usd = -1.0;  ///< per H100e-hour; negative: the cloud's list price

  [[nodiscard]] Sides sides() const { return {.lab = lab, .host = host}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;

  template <class Keys>
  static void describe(Keys& keys) {
    shared::lab(keys, &Hosting::lab);
    shared::host(keys, &Hosting::host);
    shared::price(keys, &Hosting::price_usd);
  }
  friend bool operator==(const Hosting&, const Hosting&) = default;
};

}  // namespace rackrate::market::kinds
