#include "sim/study/network.hpp"

#include "sim/core/error.hpp"

namespace rackrate::study {
namespace {

template <class Id>
Id found(const std::string& key, const std::string& name, const std::vector<std::string>& known) {
  if (const auto i = market::index_of(known, name)) return Id(*i);
  std::string expected;
  for (const auto& one : known) expected += (expected.empty() ? "one of " : ", ") + one;
  const std::string near = core::nearest(name, known);
  throw core::mistake(key, "\"" + name + "\"", expected,
                      near.empty() ? "Choose one of them." : "Did you mean " + near + "?");
}

}  // namespace

market::DependencyGraph network(const Simulation& simulation) {
  const auto& world = simulation.world();
  return market::dependency_graph(world.regime(), world.board().pools, simulation.now());
}

market::Servable servable_alone(const Simulation& simulation, const std::string& lab,
                                const std::vector<std::string>& clouds) {
  const auto& world = simulation.world();
  const auto& compiled = world.regime().compiled;
  const auto& names = compiled.parameters.vocabulary;
  market::HostSet hosts;
  for (const auto& cloud : clouds) hosts.insert(found<market::CloudId>("clouds", cloud, names.clouds));
  return market::servable(compiled, world.exchange().network.table, world.board().pools,
                          found<market::LabId>("lab", lab, names.labs), hosts);
}

market::Elasticities elasticities(const Simulation& simulation, market::PricedBy by, bool settled) {
  return simulation.world().price_elasticities(by, settled);
}

}  // namespace rackrate::study
