#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace rackrate::study {

/// The exogenous drivers of futures (market/world/drivers.hpp), as [future, driver].
struct Drivers {
  std::vector<std::string> names;
  std::vector<double> values;
};

/// Of the replications first, first + 1, ... of a seed, without a market.
/// Throws: ScenarioError when the contracts are invalid.
[[nodiscard]] Drivers drivers(const scenario::Scenario& scenario, std::uint64_t seed, std::uint64_t first,
                              std::uint64_t count);

}  // namespace rackrate::study
