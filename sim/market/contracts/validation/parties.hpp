#pragma once
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/actors/actors.hpp"
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market::contracts {

/// Holders and hosts of contracts that belong to no party, and what else only the clouds, channels and chips of a
/// scenario can show. Exclusive rights are held by parties, or by nobody the text binds.
[[nodiscard]] std::vector<core::Mistake> find_party_mistakes(const Actors& actors,
                                                             const std::vector<Contract>& contracts);

}  // namespace rackrate::market::contracts
