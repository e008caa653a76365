#pragma once
#include "sim/market/contracts/required_access.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// Whose compute a commitment buys, and where it may run.
[[nodiscard]] contracts::BuyerAndHosts buyer_and_hosts(const CompiledScenario& compiled,
                                                       const PaymentClause& commitment);

}  // namespace rackrate::market
