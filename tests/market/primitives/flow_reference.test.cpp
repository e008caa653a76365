#include "tests/market/primitives/flow_reference.hpp"

#include <algorithm>

// g++ 12 takes an empty boost::optional inside Boost.Graph's edge iterator for an uninitialised one.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/cycle_canceling.hpp>
#include <boost/graph/push_relabel_max_flow.hpp>
// Last: this header does not include what it uses.
#include <boost/graph/find_flow_cost.hpp>

namespace rackrate::market::test {
namespace {

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using Graph = boost::adjacency_list<
    boost::vecS, boost::vecS, boost::directedS, boost::no_property,
    boost::property<boost::edge_capacity_t, long,
                    boost::property<boost::edge_residual_capacity_t, long,
                                    boost::property<boost::edge_reverse_t, Traits::edge_descriptor,
                                                    boost::property<boost::edge_weight_t, long>>>>>;

void join(Graph& g, std::size_t from, std::size_t to, long capacity, long cost) {
  const auto there = boost::add_edge(from, to, g).first;
  const auto back = boost::add_edge(to, from, g).first;
  boost::put(boost::edge_capacity, g, there, capacity);
  boost::put(boost::edge_capacity, g, back, 0L);
  boost::put(boost::edge_weight, g, there, cost);
  boost::put(boost::edge_weight, g, back, -cost);
  boost::put(boost::edge_reverse, g, there, back);
  boost::put(boost::edge_reverse, g, back, there);
}

}  // namespace

Int128 reference_cost(const FlowNetwork& network) {
  const std::size_t classes = network.classes.size();
  const std::size_t pools = network.pools.size();
  const std::size_t unserved = 1 + classes + pools;
  const std::size_t sink = unserved + 1;
  Graph g(sink + 1);
  long total = 0;
  for (const FlowClassId c : network.classes.ids()) {
    const long demand = network.classes[c].demand;
    total += demand;
    join(g, 0, 1 + c.position(), demand, 0);
    join(g, 1 + c.position(), unserved, demand, network.classes[c].unserved_penalty);
  }
  for (const FlowArc& a : network.arcs) {
    join(g, 1 + a.demand_class.position(), 1 + classes + a.pool.position(),
         std::min<long>(a.capacity, network.classes[a.demand_class].demand), a.cost);
  }
  for (const FlowPoolId p : network.pools.ids())
    join(g, 1 + classes + p.position(), sink, network.pools[p].capacity, 0);
  join(g, unserved, sink, total, 0);
  // Not Boost's successive shortest paths: it adds infinite distances, which overflows (undefined behaviour).
  boost::push_relabel_max_flow(g, 0, sink);
  boost::cycle_canceling(g);
  return boost::find_flow_cost(g);
}

}  // namespace rackrate::market::test
