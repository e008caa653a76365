#pragma once
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/regime/parameters.hpp"

namespace rackrate::scenario {

/// What is wrong with clouds that must enter (clouds.CLOUD.entry): such a cloud and its firm own nothing, owe nothing
/// and earn nothing on the first day, and the cloud has what it needs to decide.
[[nodiscard]] std::vector<core::Mistake> find_entry_mistakes(const market::Parameters& parameters);

}  // namespace rackrate::scenario
