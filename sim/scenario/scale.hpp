#pragma once
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/regime/parameters.hpp"

namespace rackrate::scenario {

/// Checks that bounds of single keys cannot make: the total number of actors, and the products and sums of quantities,
/// prices and times. Within these limits every count and every account of a run fits its 64 bits.
/// A mistake names the key path of the largest contributor.
[[nodiscard]] std::vector<core::Mistake> find_scale_mistakes(const market::Parameters& parameters);

}  // namespace rackrate::scenario
