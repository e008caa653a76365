#pragma once
#include <string>
#include <vector>

#include "sim/market/contracts/contract.hpp"

namespace rackrate::scenario {

/// The contracts that a TOML text states under `contracts`, with the dates that decide what is in force and nothing
/// else: readers of result files ask the market's rule (contracts/in_force.hpp) without the rest of the scenario.
///
/// A version that states only one of `signed` and `effective` has both there. Notices given end their contracts.
/// Throws: ScenarioError for text that is not TOML.
[[nodiscard]] std::vector<market::Contract> read_contract_dates(const std::string& text);

}  // namespace rackrate::scenario
