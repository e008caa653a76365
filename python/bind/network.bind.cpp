#include "python/bind/network.hpp"

#include "sim/study/agreements.hpp"
#include "sim/study/network.hpp"

namespace py = pybind11;

namespace rackrate::bind {

py::dict network_of(const study::Simulation& simulation) {
  const market::DependencyGraph graph = study::network(simulation);
  const auto central = market::betweenness(graph);
  py::list actors, ties, dependency;
  for (const auto id : graph.actors.ids()) {
    const auto& actor = graph.actors[id];
    actors.append(
        py::make_tuple(actor.name, market::kActorKindNames[static_cast<std::size_t>(actor.kind)], central[id]));
  }
  for (const auto& tie : graph.ties)
    ties.append(py::make_tuple(tie.from.position(), tie.to.position(),
                               market::kTieKindNames[static_cast<std::size_t>(tie.kind)], tie.label, tie.clause,
                               tie.h100e, tie.share));
  for (const auto& lab : market::lab_dependency(graph)) dependency.append(py::cast(lab.rows()));
  py::dict out;
  out["actors"] = actors;
  out["ties"] = ties;
  out["dependency"] = dependency;
  return out;
}

py::dict elasticities_of(const study::Simulation& simulation, bool by_offer, bool settled) {
  const auto by = by_offer ? market::PricedBy::Offer : market::PricedBy::Lab;
  const market::Elasticities found = study::elasticities(simulation, by, settled);
  py::dict out;
  out["names"] = py::cast(found.names);
  out["volume"] = py::cast(found.volume);
  out["matrix"] = py::cast(found.matrix);
  return out;
}

py::list agreements_of(const study::Simulation& simulation) {
  py::list all;
  for (const auto& a : study::agreements(simulation)) {
    py::dict row;
    row["segment"] = a.segment;
    row["cloud"] = a.cloud;
    row["since"] = core::to_string(a.since);
    row["until"] = core::to_string(a.until);
    row["spending"] = a.spending;
    row["reliance"] = a.reliance;
    row["at_stake"] = a.at_stake;
    row["gain"] = a.gain;
    row["committed"] = a.committed;
    row["shortfall"] = a.shortfall;
    row["discount"] = a.discount;
    row["service"] = a.service;
    row["weight"] = a.issues.weight;
    row["service_value"] = a.issues.service_value;
    all.append(row);
  }
  return all;
}

py::dict servable_by(const study::Simulation& simulation, const std::string& lab,
                     const std::vector<std::string>& clouds) {
  const market::Servable answer = study::servable_alone(simulation, lab, clouds);
  py::dict out;
  out["wanted"] = py::cast(answer.wanted);
  out["served"] = py::cast(answer.served);
  return out;
}

}  // namespace rackrate::bind
