#include "sim/market/dependency/servable.hpp"

#include <vector>

// g++ 12 takes an empty boost::optional inside Boost.Graph's edge iterator for an uninitialised one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/push_relabel_max_flow.hpp>
#pragma GCC diagnostic pop

namespace rackrate::market {
namespace {

using FlowTraits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using CapacityGraph = boost::adjacency_list<
    boost::vecS, boost::vecS, boost::directedS, boost::no_property,
    boost::property<boost::edge_capacity_t, std::int64_t,
                    boost::property<boost::edge_residual_capacity_t, std::int64_t,
                                    boost::property<boost::edge_reverse_t, FlowTraits::edge_descriptor>>>>;

void connect(CapacityGraph& g, std::size_t from, std::size_t to, std::int64_t capacity) {
  const auto there = boost::add_edge(from, to, g).first, back = boost::add_edge(to, from, g).first;
  put(boost::edge_capacity, g, there, capacity);
  put(boost::edge_capacity, g, back, 0);
  put(boost::edge_reverse, g, there, back);
  put(boost::edge_reverse, g, back, there);
}

std::int64_t asked_of(const DemandTable& table, ClassId k) {
  const auto part = [&](NetworkClassId id) { return id.exists() ? table.network.classes[id].demand : 0; };
  std::int64_t asked = part(table.free_part[k]) + part(table.preferring[k]);
  for (const RunPart& run : table.run_parts)
    if (run.of == k) asked += part(run.part);
  return asked;
}

/// The largest flow to the classes, of those up to a tier. Vertices: source, pools, classes, sink.
std::int64_t largest_flow(const CompiledScenario& s, const DemandTable& table, const Table<PoolId, PoolSignal>& pools,
                          HostSet clouds, const std::vector<ClassId>& classes) {
  const std::size_t sink = 1 + pools.size() + classes.size();
  CapacityGraph g(sink + 1);
  for (const PoolId p : pools.ids())
    if (clouds.contains(s.pools[p].cloud)) connect(g, 0, 1 + p.position(), pools[p].available);
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const DemandClass& wants = table.classes[classes[k]];
    const std::int64_t asked = asked_of(table, classes[k]);
    for (const PoolId p : pools.ids())
      if (clouds.contains(s.pools[p].cloud) && (!wants.resident || s.pools[p].region == wants.region))
        connect(g, 1 + p.position(), 1 + pools.size() + k, asked);
    connect(g, 1 + pools.size() + k, sink, asked);
  }
  return boost::push_relabel_max_flow(g, 0, sink);
}

}  // namespace

Servable servable(const CompiledScenario& s, const DemandTable& table, const Table<PoolId, PoolSignal>& pools,
                  LabId lab, HostSet clouds) {
  Servable out;
  std::vector<ClassId> classes;
  std::int64_t before = 0;
  for (std::size_t tier = 0; tier < out.wanted.size(); ++tier) {
    for (const ClassId k : table.classes.ids()) {
      if (table.classes[k].lab != lab || static_cast<std::size_t>(table.classes[k].tier) != tier) continue;
      classes.push_back(k);
      out.wanted[tier] += asked_of(table, k);
    }
    const std::int64_t all = largest_flow(s, table, pools, clouds, classes);
    out.served[tier] = all - before;
    before = all;
  }
  return out;
}

}  // namespace rackrate::market
