#pragma once
#include <string>
#include <vector>

#include "sim/market/dependency/graph.hpp"
#include "sim/market/dependency/servable.hpp"
#include "sim/study/simulation.hpp"

namespace rackrate::study {

/// Who depends on whom at the simulation's present: the contracts in force, the pools as last published.
[[nodiscard]] market::DependencyGraph network(const Simulation& simulation);

/// What some clouds could serve of what a lab wanted in the interval that was cleared last; nothing before the first.
/// Throws: ScenarioError for a name that is no lab or no cloud of the scenario.
[[nodiscard]] market::Servable servable_alone(const Simulation& simulation, const std::string& lab,
                                              const std::vector<std::string>& clouds);

/// Price elasticities of the enterprises' demand at the simulation's present (enterprise/elasticity.hpp).
[[nodiscard]] market::Elasticities elasticities(const Simulation& simulation, market::PricedBy by, bool settled);

}  // namespace rackrate::study
