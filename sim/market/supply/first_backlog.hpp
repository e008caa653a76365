#pragma once
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// What vendors have not yet shipped on the first day of what a cloud had ordered, H100e.
///
/// Under `first_orders = "rule"`: what the order rule would have on order (first_position), less what is installed and
/// in transit; at least 0, and 0 for a cloud that does not invest or whose vendors ship nothing.
[[nodiscard]] double first_backlog(const CompiledScenario& compiled, CloudId cloud);

}  // namespace rackrate::market
