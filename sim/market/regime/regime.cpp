#include "sim/market/regime/regime.hpp"

#include "sim/market/regime/sample_sizes.hpp"

namespace rackrate::market {
namespace {

ChoiceSet choice_set(const CompiledScenario& s, const std::vector<AlternativeId>& alternatives) {
  const auto& c = s.parameters.choice;
  ChoiceSet set;
  for (const AlternativeId id : alternatives) {
    const auto& a = s.alternatives[id];
    set.add_crossed(a.key, a.lab_nest, c.lambda_lab, a.cloud_nest, c.lambda_cloud);
  }
  set.add_alone(core::name_hash("outside"));
  return set;
}

}  // namespace

ByProduct<ChoiceSet> choice_sets(const CompiledScenario& compiled) {
  ByProduct<ChoiceSet> sets;
  for (const Product product : sets.keys())
    sets[product] = choice_set(compiled, compiled.alternatives_of_product[product]);
  return sets;
}

Regime build_regime(const Parameters& parameters) {
  Regime regime;
  regime.compiled = compile(parameters);
  const auto& s = regime.compiled;
  const auto& p = s.parameters;
  regime.access = compile_access(s, p.run.start, p.run.end);
  regime.choice_sets = choice_sets(s);

  auto& d = regime.directory;
  auto& names = regime.process_names;
  names = {"registry", "power", "statistics", "exchange"};
  const auto next = [&] { return static_cast<ProcessId>(names.size()); };
  d.first_vendor = next();
  for (const auto& vendor : p.vendors) names.push_back("vendor/" + vendor.name);
  d.first_cloud = next();
  for (const auto& cloud : p.clouds) names.push_back("cloud/" + cloud.name);
  d.first_pool = next();
  for (const auto& pool : s.pools) names.push_back(pool.name);
  d.first_lab = next();
  for (const auto& lab : p.labs) names.push_back("lab/" + lab.name);
  d.first_enterprise = next();
  const auto sizes = sample_sizes(p);
  for (const SegmentId g : p.segments.ids())
    for (int k = 0; k < sizes[g]; ++k) names.push_back("enterprise/" + p.segments[g].name + "/" + std::to_string(k));
  d.count = next();
  return regime;
}

}  // namespace rackrate::market
