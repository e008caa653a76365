#pragma once
#include <string>
#include <vector>

#include "sim/market/regime/parameters.hpp"

namespace rackrate::scenario {

/// What a scenario states and a run of it leaves out: by sampling, rounding or dates, or because nobody may sell, host or
/// build it. One sentence per reason, with the key paths it is true of. Empty where all that is stated counts.
[[nodiscard]] std::vector<std::string> find_left_out(const market::Parameters& parameters);

}  // namespace rackrate::scenario
