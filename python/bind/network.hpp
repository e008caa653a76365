#pragma once
#include <string>
#include <vector>

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

namespace rackrate::study {
class Simulation;
}

namespace rackrate::bind {

/// Actors as (name, kind, centrality), ties as (from, to, kind, label, clause, h100e, share), dependency by lab and
/// actor.
[[nodiscard]] pybind11::dict network_of(const study::Simulation& simulation);
[[nodiscard]] pybind11::dict elasticities_of(const study::Simulation& simulation, bool by_offer, bool settled);

/// A list of what each big account has agreed on (study/agreements.hpp).
[[nodiscard]] pybind11::list agreements_of(const study::Simulation& simulation);

/// What clouds could serve of what a lab wants, by tier: `wanted` and `served`, H100e.
[[nodiscard]] pybind11::dict servable_by(const study::Simulation& simulation, const std::string& lab,
                                         const std::vector<std::string>& clouds);

}  // namespace rackrate::bind
