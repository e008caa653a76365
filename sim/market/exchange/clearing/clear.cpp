#include "sim/market/exchange/clearing/clear.hpp"

#include <algorithm>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/chip_ports.hpp"
#include "sim/market/exchange/clearing/day_peaks.hpp"
#include "sim/market/exchange/clearing/gangs.hpp"
#include "sim/market/exchange/clearing/hosting_limits.hpp"
#include "sim/market/exchange/clearing/training_runs.hpp"
#include "sim/market/exchange/whole_parts.hpp"

namespace rackrate::market {
namespace {

void add_flow(const DemandTable& table, ArcId a, std::int64_t flow, Allocation& out) {
  const FlowArc& arc = table.network.arcs[a];
  const ClassId k = table.demand_class(arc);
  const PoolId pool = table.pool(arc);  // none: add_lent() divides it
  const bool interactive = table.classes[k].tier == Tier::Interactive;
  const CloudId host = table.arc_terms[a].host;
  out.classes[k].served += flow;
  out.classes[k].hosts.insert(host);
  out.by_host(k, host) += flow;
  if (interactive) out.node_interactive[DemandTable::node(arc)] += flow;
  if (!pool.exists()) return;
  out.served[pool] += flow;
  if (interactive) out.interactive[pool] += flow;
  if (table.classes[k].use == FleetUse::Own) out.own_use[pool] += flow;
  if (table.classes[k].use == FleetUse::Customers) out.customers[pool] += flow;
  if (!table.arc_terms[a].own) return;
  out.reserved(k, host) += flow;
  out.reservations[table.reservation(arc)].used += flow;
}

/// What was used of a leased node divides by what it has of each pool, and interactive load by what was used of each.
void add_lent(const DemandTable& table, Allocation& out) {
  out.lent.assign(table.lent.size(), {});
  std::vector<std::int64_t> sizes;
  for (std::size_t first = 0; first < table.lent.size(); first += sizes.size()) {
    const NodeId node = table.lent[LentPartId(first)].node;
    sizes.clear();
    for (std::size_t i = first; i < table.lent.size() && table.lent[LentPartId(i)].node == node; ++i)
      sizes.push_back(table.lent[LentPartId(i)].h100e);
    const auto used = split_whole(table.network.pools[node].capacity - out.node_idle[node], sizes);
    const auto interactive = split_whole(out.node_interactive[node], used);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const LentPartId id(first + i);
      const LentPart& part = table.lent[id];
      out.lent[id] = {used[i], interactive[i]};
      out.leases[part.pair].used += used[i];
      out.served[part.pool] += used[i];
      out.interactive[part.pool] += interactive[i];
    }
  }
}

/// The part open to interactive load is the scarcer one: its rent is the pool's. What is reserved or leased has no
/// market price.
void add_rents(const DemandTable& table, const FlowSolution& solution, Allocation& out) {
  for (const NodeId node : table.nodes()) {
    if (table.reservation_of_node[node].exists() || table.is_leased(node)) continue;
    auto& rent = out.rent[table.pool_of_node[node]];
    rent = std::max(rent, Money{solution.rent[node]});
  }
}

Table<LabId, std::size_t> training_places(const DemandTable& table, const FlowSolution& solution, std::size_t labs) {
  Grid<LabId, NodeId, char> trains(labs, table.network.pools.size(), 0);
  Table<LabId, std::size_t> places(labs, 0);
  for (const ArcId a : solution.used) {
    const auto& c = table.classes[table.demand_class(table.network.arcs[a])];
    if (c.tier != Tier::Training || !c.lab.exists()) continue;
    char& here = trains(c.lab, table.place_of_node[DemandTable::node(table.network.arcs[a])]);
    if (here == 0) ++places[c.lab];
    here = 1;
  }
  return places;
}

/// What the quantities of the network were made of.
struct Prepared {
  Capacity capacity;
  Table<NodeId, std::int64_t> withheld;  ///< from interactive load
};

/// Fills in the network's quantities and costs.
Prepared prepare(const MarketView& view, const Interval& interval, const Load& load, Network& network) {
  const auto& s = view.compiled();
  auto& table = network.table;
  Prepared out;
  set_demands(s, load, table);
  ask_for_runs(s, interval, network);
  out.capacity = set_capacities(view, interval.start, table);
  out.withheld = limit_peaks(s, load, table);
  set_costs(view, table);
  limit_flows(view, interval, table);
  open_run_places(network);
  limit_to_ports(view, interval.start, table);
  open_gang_places(view.parameters().run, interval.start, table);
  return out;
}

/// Solves the network, again where what is decided beside the flow has changed it.
Prepared solve(const MarketView& view, const Interval& interval, const Load& load, Network& network) {
  const auto solve_it = [&] { network.solver.solve(network.table.network, network.solution); };
  Prepared prepared = prepare(view, interval, load, network);
  solve_it();
  std::optional<std::vector<RunId>> begun;
  while (settle_runs(view, interval, begun, network)) {
    prepared = prepare(view, interval, load, network);
    solve_it();
  }
  while (close_small_gangs(network.solution, view.parameters().hosting.block_kept, network.table)) solve_it();
  count_runs(view, interval, network);
  remember_flows(network.solution, network.table);
  return prepared;
}

}  // namespace

Allocation clear(const MarketView& view, const Interval& interval, const Load& load, Network& network) {
  const auto& s = view.compiled();
  auto& table = network.table;
  const std::size_t clouds = s.parameters.clouds.size();
  auto [capacity, withheld] = solve(view, interval, load, network);

  Allocation out;
  out.classes.resize(table.classes.size());
  out.by_host.assign(table.classes.size(), clouds, 0);
  out.reserved.assign(table.classes.size(), clouds, 0);
  out.served.assign(s.pools.size(), 0);
  out.interactive = out.own_use = out.customers = out.served;
  out.rent.resize(s.pools.size());
  out.open = std::move(capacity.open);
  out.node_idle = network.solution.slack;
  out.node_interactive.assign(out.node_idle.size(), 0);
  out.reservations = std::move(capacity.reservations);
  out.leases = std::move(capacity.leases);
  for (const ArcId a : network.solution.used) add_flow(table, a, network.solution.flow[a], out);
  add_lent(table, out);
  add_rents(table, network.solution, out);
  out.spread = spread_costs(s, table, network.solution);
  out.training_places = training_places(table, network.solution, s.parameters.labs.size());
  for (const NodeId node : withheld.ids())
    if (network.solution.slack[node] > 0) withheld[node] = 0;  // nobody wanted it
  out.lost_at_peaks = lost_at_peaks(s, table, load, out.classes, withheld);
  out.primaries = primary_shares(s, table, out);
  for (const ClassId k : table.classes.ids()) {
    const std::int64_t demand = load.classes[k].demand;
    if (demand > 0) out.classes[k].fill = core::real(out.classes[k].served) / core::real(demand);
  }
  return out;
}

}  // namespace rackrate::market
