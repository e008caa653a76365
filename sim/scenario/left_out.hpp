#pragma once
#include <string>
#include <vector>

#include "sim/market/regime/parameters.hpp"

namespace rackrate::scenario {

/// Values that a scenario states and a run ignores: by sampling, rounding or dates, or because nobody may sell, host or
/// build the item. One sentence per reason, with the key paths that it concerns. Empty if every value counts.
[[nodiscard]] std::vector<std::string> find_left_out(const market::Parameters& parameters);

}  // namespace rackrate::scenario
