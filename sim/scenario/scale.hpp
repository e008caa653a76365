#pragma once
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/regime/parameters.hpp"

namespace rackrate::scenario {

/// What single bounds do not see: how many actors there are together, and what quantities, prices and times come to when
/// they are multiplied and added up. Within these sums every count and every account of a run fits its 64 bits.
/// A mistake names the key path of the largest contributor.
[[nodiscard]] std::vector<core::Mistake> find_scale_mistakes(const market::Parameters& parameters);

}  // namespace rackrate::scenario
