#pragma once
#include "sim/market/scene.hpp"

namespace rackrate::market {

/// The contract registry as a logical process: at a date on which some answer changes it tells every
/// enterprise which clouds gained something new to offer. Enterprises whose home is such a cloud look
/// again (MODEL section 7). A breakpoint that opens nothing sends nothing.
void handle_registry(const Scene& scene, Context& context, const Event& event);

/// Clouds whose channels gained an alternative between two intervals, as a set of cloud indices.
[[nodiscard]] std::uint64_t newly_opened(const Setting& setting, const AccessInterval& before, const AccessInterval& after);

}  // namespace rackrate::market
