#pragma once
#include <vector>

#include "sim/market/exchange/settlement/settle.hpp"

namespace rackrate::market {

/// How channels integrate labs' models, for each pair that some enterprise may buy: by the items that its best served
/// buyers have.
[[nodiscard]] std::vector<IntegrationFact> integration_facts(const SettlementInput& input);

}  // namespace rackrate::market
