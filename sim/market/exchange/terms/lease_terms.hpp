#pragma once
#include <cstdint>

#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

using LeasePairId = core::Index<struct LeasePairTag>;

/// Capacity of one cloud that another has for a term: paid for as far as it is delivered, used or not.
struct Lease {
  CloudId lessor, lessee;
  std::int64_t h100e = 0;
  double cost = 0.0, list_price = 0.0;  ///< of the lessor and of the lessee when it was signed, $ per H100e-hour
  core::SimTime from, until;

  [[nodiscard]] bool in_force(core::SimTime t) const { return from <= t && t < until; }
};

/// All leases in force between two clouds.
struct LeasePair {
  CloudId lessor, lessee;
  std::int64_t h100e = 0;  ///< agreed
  friend bool operator==(const LeasePair&, const LeasePair&) = default;
};

/// Leases in an interval, whole H100e.
struct LeaseUse {
  std::int64_t agreed = 0, delivered = 0, used = 0;
};

}  // namespace rackrate::market
