#pragma once
#include <string_view>

#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// The chip of this name; none if there is no such chip.
[[nodiscard]] inline ChipId chip_named(const CompiledScenario& compiled, std::string_view name) {
  const auto& chips = compiled.parameters.chips;
  for (const ChipId chip : chips.ids())
    if (chips[chip].name == name) return chip;
  return {};
}

/// A pool's cloud and region as the scenario describes them.
[[nodiscard]] inline const Cloud& cloud_of(const CompiledScenario& compiled, PoolId pool) {
  return compiled.parameters.clouds[compiled.pools[pool].cloud];
}
[[nodiscard]] inline const CloudRegion& region_of(const CompiledScenario& compiled, PoolId pool) {
  return cloud_of(compiled, pool).regions[static_cast<std::size_t>(compiled.pools[pool].position)];
}

}  // namespace rackrate::market
