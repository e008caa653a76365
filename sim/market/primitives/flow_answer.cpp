#include "sim/market/primitives/flow.hpp"

/// The answer: flows, costs and rents; and the bound that proves them.
namespace rackrate::market {
void FlowSolver::put(Link link, std::int64_t flow, FlowSolution& solution) const {
  const std::size_t arcs = network_.arcs.size(), classes = network_.classes.size();
  const std::size_t at = link.position();
  solution.cost += Int128{flow} * cost_[link];
  if (at < arcs)
    solution.flow[FlowArcId(at)] = flow;
  else if (at < arcs + classes)
    solution.unserved[FlowClassId(at - arcs)] = flow;
  else
    solution.slack[FlowPoolId(at - arcs - classes)] -= flow;
}

void FlowSolver::answer(FlowSolution& solution) const {
  solution.flow.assign(network_.arcs.size(), 0);
  solution.unserved.assign(network_.classes.size(), 0);
  solution.slack.resize(network_.pools.size());
  solution.rent.resize(network_.pools.size());
  solution.cost = 0;
  for (const FlowPoolId p : network_.pools.ids()) solution.slack[p] = network_.pools[p].capacity;
  for (const Vertex v : order_)
    if (v != root_) put(up_link_[v], flow_[v], solution);
  for (const Link link : full_) put(link, most(link), solution);
  std::size_t found = 0;
  solution.used.resize(solution.flow.size() + 1);
  for (const FlowArcId a : solution.flow.ids()) {
    solution.used[found] = a;
    found += solution.flow[a] != 0 ? 1U : 0U;
  }
  solution.used.resize(found);
}

/// A pool's price in the tree is its rent where a unit can come from the root to it against the flows of the tree. A
/// rent is never negative, though the price of a pool that nobody uses may be.
/// Returns: whether that is so for all pools.
bool FlowSolver::find_exact(FlowSolution& solution) {
  exact_[root_] = 1;
  for (const Vertex v : order_) {
    if (v == root_) continue;
    const bool passes = leaves(v) ? flow_[v] > 0 : flow_[v] < room_[up_link_[v]];
    const bool worthless = !is_class(v) && price_[v] <= 0;  // nothing is used of it, or not all
    exact_[v] = worthless || (exact_[up_[v]] && passes) ? 1 : 0;
  }
  bool all = true;
  for (const FlowPoolId p : network_.pools.ids()) {
    const bool exact = exact_[vertex(p)] != 0;
    solution.rent[p] = exact ? std::max<std::int64_t>(0, price_[vertex(p)]) : 0;
    all = all && exact;
  }
  return all;
}

/// One more unit in a pool draws in the cheapest chain of moves that ends there; a chain may begin at any pool that
/// gives up a unit, or at "unserved". No chain is a negative cycle, so this settles in at most as many rounds as there
/// are pools.
void FlowSolver::relax_rents(FlowSolution& solution) {
  core::Table<FlowClassId, std::int64_t> freed(network_.classes.size());  // what a unit of the class saves elsewhere
  for (bool improved = true; improved;) {
    improved = false;
    for (const FlowClassId c : freed.ids())
      freed[c] = solution.unserved[c] > 0 ? network_.classes[c].unserved_penalty : -kUncapped;
    for (const FlowArcId a : network_.arcs.ids()) {
      const FlowArc& arc = network_.arcs[a];
      if (solution.flow[a] > 0)
        freed[arc.demand_class] =
            std::max(freed[arc.demand_class], solution.rent[arc.pool] + cost_[Link(a.position())]);
    }
    for (const FlowArcId a : network_.arcs.ids()) {
      const FlowArc& arc = network_.arcs[a];
      const Link link(a.position());
      if (solution.flow[a] == room_[link] || freed[arc.demand_class] == -kUncapped) continue;
      const std::int64_t saved = freed[arc.demand_class] - cost_[link];
      if (saved <= solution.rent[arc.pool]) continue;
      solution.rent[arc.pool] = saved;
      improved = true;
    }
  }
}

void FlowSolver::rents(FlowSolution& solution) {
  if (!find_exact(solution)) relax_rents(solution);
}

Int128 flow_dual_bound(const FlowNetwork& network, const core::Table<FlowPoolId, std::int64_t>& prices) {
  struct Option {
    std::int64_t cost;
    std::int64_t room;
  };
  core::Table<FlowClassId, std::vector<Option>> options(network.classes.size());
  for (const FlowArc& a : network.arcs) options[a.demand_class].push_back({a.cost + prices[a.pool], a.capacity});
  Int128 bound = 0;
  for (const FlowClassId c : network.classes.ids()) {
    std::sort(options[c].begin(), options[c].end(), [](const Option& a, const Option& b) { return a.cost < b.cost; });
    std::int64_t left = network.classes[c].demand;
    for (const Option& o : options[c]) {
      if (o.cost >= network.classes[c].unserved_penalty) break;
      const std::int64_t taken = std::min(left, o.room);
      bound += Int128{taken} * o.cost;
      left -= taken;
    }
    bound += Int128{left} * network.classes[c].unserved_penalty;
  }
  for (const FlowPoolId p : prices.ids()) bound -= Int128{network.pools[p].capacity} * prices[p];
  return bound;
}

}  // namespace rackrate::market
