#pragma once
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/actors/actors.hpp"
#include "sim/market/contracts/contract.hpp"

namespace rackrate::market::contracts {

/// Mistakes that show only beside the clouds, channels and chips of a scenario, such as a holder or host that belongs
/// to no party of the contract. Exclusive rights must be held by parties.
[[nodiscard]] std::vector<core::Mistake> find_party_mistakes(const Actors& actors,
                                                             const std::vector<Contract>& contracts);

}  // namespace rackrate::market::contracts
