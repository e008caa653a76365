#pragma once
#include "sim/scenario/section.hpp"

namespace rackrate::scenario {

/// Marks the keys whose zero, empty list or empty text the model cannot distinguish from "not given": a condition
/// "revenue reaches 0 $" would be no condition, `labs = []` would be all labs. Such a value is refused; leaving the key
/// out has the same meaning.
void refuse_what_says_nothing(Section& root);

}  // namespace rackrate::scenario
