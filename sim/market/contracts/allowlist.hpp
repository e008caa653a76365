#pragma once
#include "sim/core/random.hpp"
#include "sim/market/vocabulary/purposes.hpp"

namespace rackrate::market::contracts {

/// Is this account on the allowlist of a preview? The draw is keyed by the account and by the key of the alternative
/// that is previewed, never by dates or the arm: the same accounts are admitted in every scenario with the same seed,
/// and a larger share admits them and others.
/// Source: MODEL 5.2 step 5, check B8.
[[nodiscard]] inline bool admitted(const core::Draws& draws, core::EntityKey account, double allowlist,
                                   core::EntityKey preview) {
  return draws.uniform({account, static_cast<std::uint32_t>(Purpose::Allowlist), 0, preview}) < allowlist;
}

}  // namespace rackrate::market::contracts
