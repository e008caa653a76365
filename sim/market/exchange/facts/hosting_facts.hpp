#pragma once
#include <vector>

#include "sim/market/exchange/settlement/settle.hpp"

namespace rackrate::market {

/// One fact for every lab and host where some of the lab's work may run.
/// Throws: core::LedgerError where shares of a supplier add less than nothing, or more than the dearest step in use.
[[nodiscard]] std::vector<HostingFact> hosting_facts(const SettlementInput& in);

}  // namespace rackrate::market
