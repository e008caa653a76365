#pragma once
#include <vector>

#include "sim/market/regime/parameters.hpp"

namespace rackrate::market {

/// How many simulated enterprises each segment gets: largest remainder of the sample shares.
[[nodiscard]] Table<SegmentId, int> sample_sizes(const Parameters& parameters);

}  // namespace rackrate::market
