#pragma once
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/regime/parameters.hpp"

namespace rackrate::market::contracts {

/// Holders and hosts of contracts that belong to no party, and what else only the clouds, channels and chips of a scenario
/// can show. Exclusive rights are held by parties, or by nobody the text binds.
[[nodiscard]] std::vector<core::Mistake> find_party_mistakes(const Parameters& parameters);

}  // namespace rackrate::market::contracts
