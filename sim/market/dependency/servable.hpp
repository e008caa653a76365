#pragma once
#include <array>
#include <cstdint>

#include "sim/market/exchange/clearing/demand.hpp"

namespace rackrate::market {

/// What a lab wants, and what of it some clouds could serve if they served nobody else.
struct Servable {
  std::array<std::int64_t, 4> wanted{};  ///< H100e, by tier
  std::array<std::int64_t, 4> served{};  ///< H100e, by tier
};

/// Can a lab live on these clouds alone (a one-cloud world)? The largest flow from their pools to what the lab asked
/// for when the table was last cleared: contracts, ports and other customers are left out of account, what must stay in
/// its region stays there. A tier gets what a larger flow of it and all tiers before it allows.
///
/// Units:   whole H100e for sale, as the pools publish them.
/// Source:  Goldberg and Tarjan (1988), J. ACM 35, 921-940, by Boost.Graph; FEATURES S40.
[[nodiscard]] Servable servable(const CompiledScenario& compiled, const DemandTable& table,
                                const Table<PoolId, PoolSignal>& pools, LabId lab, HostSet clouds);

}  // namespace rackrate::market
