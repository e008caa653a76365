#pragma once
#include <vector>

#include "sim/market/contracts/registry.hpp"

namespace rackrate::market::contracts {

/// How much of the access that a commitment was signed for is permitted: products that may run, of products asked for.
struct PermittedShare {
  int open = 1, asked = 1;  ///< asked is at least 1

  [[nodiscard]] double share() const { return static_cast<double>(open) / asked; }
  friend bool operator==(const PermittedShare&, const PermittedShare&) = default;
};

/// Whose compute a commitment buys, and where it may run.
struct BuyerAndHosts {
  std::vector<LabId> labs;          ///< of the payer
  std::vector<CloudId> hosts;       ///< of the payee
  std::vector<ChannelId> channels;  ///< of the payee
};

/// The products of the commitment's scope, and of its grant's, that the registry lets run at one of the payee's clouds
/// at t, sold by the lab itself or through one of the payee's channels; of a commitment that requires CHANNEL only
/// through those. Segments and regions in general. While no clause that it requires is in force nothing is permitted;
/// a commitment that requires nothing has all it asks for.
[[nodiscard]] PermittedShare permitted_share(const Registry& registry, const ClauseRef& commitment,
                                             const BuyerAndHosts& sides, core::SimTime t);

/// The part of a time for which nothing is owed while this share is permitted.
[[nodiscard]] core::SimDuration time_excused(const kinds::Commit& terms, PermittedShare permitted,
                                             core::SimDuration time);

}  // namespace rackrate::market::contracts
