#pragma once
#include <vector>

#include "sim/market/regime/parameters.hpp"

namespace rackrate::market {

/// How many simulated enterprises each segment gets: largest remainder of the sample shares.
[[nodiscard]] std::vector<int> sample_sizes(const Parameters& parameters);

}  // namespace rackrate::market
