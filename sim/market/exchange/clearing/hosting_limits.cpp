#include "sim/market/exchange/clearing/hosting_limits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <unordered_map>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/gangs.hpp"
#include "sim/market/exchange/terms/capacity_terms.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kDaysOfAMonth = core::kDaysPerYear / 12.0;

bool ramps(const HostingParameters& hosting) { return hosting.ramp_per_month >= 0; }
bool spreads(const HostingParameters& hosting) { return hosting.spread_premium > 0; }

/// Without std::ceil, which is a call on the processors that all have.
std::int64_t rounded_up(double h100e) {
  const double least = std::min(h100e, 1e12) - 1e-9;
  const std::int64_t down = core::whole(least, "the limit of a flow, in H100e,");
  return down + (core::real(down) < least ? 1 : 0);
}

template <class Id, class Row>
Id find_or_add(Table<Id, Row>& rows, std::unordered_map<std::uint64_t, Id>& id_of_key, const Row& row) {
  const auto [found, fresh] = id_of_key.try_emplace(row.key, rows.next());
  if (fresh) rows.push_back(row);
  return found->second;
}

/// Set aside by a contract: neither a step of a price nor a place to move to. What a cloud leases is its own to sell.
bool set_aside(const DemandTable& table, NodeId node) { return table.reservation_of_node[node].exists(); }

std::uint64_t host_key(CloudId host, std::uint64_t key) {
  return core::name_hash("at " + std::to_string(host.number()), key);
}
std::uint64_t node_at(std::uint64_t node_key, std::uint64_t key) { return core::name_hash("node", key ^ node_key); }

bool has_choice(const DemandClass& c) { return c.hosts.size() > 1; }

double ratio(std::int64_t part, std::int64_t all) { return all > 0 ? core::real(part) / core::real(all) : 0.0; }

}  // namespace

double spread_upto(const HostingParameters& hosting, int step) {
  return hosting.spread_free + (1.0 - hosting.spread_free) * step / (kSpreadSteps - 1);
}

double spread_surcharge(const HostingParameters& hosting, int step) {
  if (step == 0) return 0.0;
  const double middle = 0.5 * (spread_upto(hosting, step - 1) + spread_upto(hosting, step)) - hosting.spread_free;
  return hosting.spread_premium * math::pow(middle, hosting.spread_power);
}

bool limits_flows(const HostingParameters& hosting) { return ramps(hosting) || spreads(hosting); }

int steps_to(const CompiledScenario& s, const DemandTable& table, const DemandClass& c, NodeId node) {
  if (!spreads(s.parameters.hosting) || !has_choice(c) || set_aside(table, node)) return 1;
  return s.cloud_firm[table.host_of_node[node]] == c.payer ? 1 : kSpreadSteps;
}

void add_stack(DemandTable& table, const DemandClass& c, NetworkClassId part, NodeId node, core::EntityKey node_key,
               ArcId first) {
  const CloudId host = table.host_of_node[node];
  LoadFlow load;
  load.key = table.network.classes[part].key;
  load.lab = c.lab;
  LoadAtHost at_host;
  at_host.load = find_or_add(table.loads, table.load_of_key, load);
  at_host.host = host;
  at_host.key = host_key(host, load.key);
  LoadAtNode at_node;
  at_node.at = find_or_add(table.at_hosts, table.at_host_of_key, at_host);
  at_node.node = node;
  at_node.key = node_at(node_key, load.key);
  ArcStack stack;
  stack.first = first;
  stack.steps = static_cast<int>(table.network.arcs.size() - first.position());
  stack.part = part;
  stack.at = find_or_add(table.at_nodes, table.at_node_of_key, at_node);
  stack.limited = has_choice(c) && !set_aside(table, node);
  table.stacks.push_back(stack);
}

namespace {

/// What flowed in a table, by the keys of its rows, and by those that the rows of a whole load would have.
struct FlowsBefore {
  // asked for single keys only
  std::unordered_map<std::uint64_t, LoadFlow> whole;
  std::unordered_map<std::uint64_t, std::int64_t> at_host, at_node;

  explicit FlowsBefore(const DemandTable& table) {
    whole.reserve(2 * table.loads.size());
    at_host.reserve(2 * table.at_hosts.size());
    at_node.reserve(2 * table.at_nodes.size());
    for (const LoadFlow& row : table.loads) whole[row.key] = row;
    for (const LoadAtHost& row : table.at_hosts) at_host[row.key] = row.served;
    for (const LoadAtNode& row : table.at_nodes) at_node[row.key] = row.served;
    Table<LoadId, std::uint64_t> key_of(table.loads.size(), 0);
    for (const ArcStack& stack : table.stacks) {
      const LoadAtNode& node = table.at_nodes[stack.at];
      const std::uint64_t key = load_key(table, stack.part);
      at_node[node_at(table.network.pools[node.node].key, key)] += node.served;
      key_of[table.at_hosts[node.at].load] = key;
    }
    for (const LoadId load : key_of.ids()) add(table.loads[load], whole[key_of[load]]);
    for (const LoadAtHost& row : table.at_hosts) at_host[host_key(row.host, key_of[row.load])] += row.served;
  }

  static std::uint64_t load_key(const DemandTable& table, NetworkClassId part) {
    return core::name_hash("all of", table.classes[table.class_of_part[part]].load_key);
  }

 private:
  static void add(const LoadFlow& part, LoadFlow& load) {
    load.wanted -= std::abs(part.wanted);
    load.served += part.served;
  }
};

/// The amount under the key, or none.
template <class Amount>
Amount found(const std::unordered_map<std::uint64_t, Amount>& amounts, std::uint64_t key) {
  const auto at = amounts.find(key);
  return at == amounts.end() ? Amount{} : at->second;
}

}  // namespace

void carry_flows(const DemandTable& before, DemandTable& table) {
  if (before.stacks.empty()) return;
  const FlowsBefore flows(before);
  for (const ArcStack& stack : table.stacks) {
    LoadAtNode& node = table.at_nodes[stack.at];
    LoadAtHost& host = table.at_hosts[node.at];
    LoadFlow& load = table.loads[host.load];
    const bool known = before.load_of_key.count(load.key) > 0;
    const std::uint64_t key = known ? load.key : FlowsBefore::load_key(table, stack.part);
    const LoadFlow whole = found(flows.whole, key);
    load.wanted = whole.wanted;
    load.served = whole.served;
    host.served = found(flows.at_host, host_key(host.host, key));
    node.served = found(flows.at_node, node_at(table.network.pools[node.node].key, key));
  }
}

namespace {

/// What the limits of an interval are made of.
class Limits {
 public:
  Limits(const MarketView& view, const Interval& interval, const DemandTable& table)
      : s_(view.compiled()),
        hosting_(s_.parameters.hosting),
        table_(table),
        months_(interval.days() / kDaysOfAMonth),
        lab_wanted_(s_.parameters.labs.size(), 0),
        room_(table.at_hosts.size(), 0),
        known_(table.at_hosts.size(), 0),
        load_room_(table.loads.size(), 0),
        host_room_(s_.parameters.clouds.size(), 0),
        fixed_(s_.parties.size(), s_.parameters.clouds.size(), 0),
        free_(fixed_) {
    for (int step = 0; step < kSpreadSteps; ++step) upto_[static_cast<std::size_t>(step)] = spread_upto(hosting_, step);
    add_demands();
    add_rooms();
  }

  /// The most that the stack may carry.
  [[nodiscard]] std::int64_t most(const ArcStack& stack) const {
    const std::int64_t demand = demand_of(stack.part);
    const auto& node = table_.at_nodes[stack.at];
    const auto& host = table_.at_hosts[node.at];
    const auto& load = table_.loads[host.load];
    if (!ramps(hosting_) || !stack.limited || load.served == 0 || demand == 0) return kUncapped;
    const double times = load.wanted != 0 ? ratio(demand, std::abs(load.wanted)) : 1.0;
    const double grown = load.wanted < 0 ? times : std::max(1.0, times);
    const double homeless = core::real(std::max<std::int64_t>(0, host.served - known_[node.at]));
    const double own = grown * homeless + hosting_.ramp_floor_h100e * months_ * ratio(demand, lab_wanted_[load.lab]);
    const double moved = core::real(demand) * hosting_.ramp_per_month * months_;
    const std::int64_t room = capacity(node.node);
    const std::int64_t most = rounded_up(core::real(node.served) * grown + own * ratio(room, room_[node.at]) +
                                         moved * ratio(room, load_room_[host.load]));
    // Training that comes in blocks begins with one: what grew from nothing would stay below it for ever.
    return std::max(most, training_block(s_, class_of(stack.part)));
  }

  /// What of each step of its node but the last is the class's.
  [[nodiscard]] std::array<std::int64_t, kSpreadSteps - 1> widths(const ArcStack& stack) const {
    const std::int64_t demand = demand_of(stack.part);
    if (demand == 0) return {};
    const auto& node = table_.at_nodes[stack.at];
    const CloudId host = table_.at_hosts[node.at].host;
    const PartyId payer = class_of(stack.part).payer;
    const std::int64_t room = capacity(node.node);
    const double all = core::real(room);
    const double taken = core::real(fixed_(payer, host)) * ratio(room, host_room_[host]);
    const double part = ratio(demand, free_(payer, host));
    std::array<std::int64_t, kSpreadSteps - 1> widths;
    double from = 0.0;
    for (std::size_t step = 0; step < widths.size(); ++step) {
      const double upto = all * upto_[step];
      widths[step] = rounded_up(std::max(0.0, upto - std::max(from, taken)) * part);
      from = upto;
    }
    return widths;
  }

 private:
  [[nodiscard]] const DemandClass& class_of(NetworkClassId part) const {
    return table_.classes[table_.class_of_part[part]];
  }
  [[nodiscard]] std::int64_t demand_of(NetworkClassId part) const { return table_.network.classes[part].demand; }
  [[nodiscard]] std::int64_t capacity(NodeId node) const {
    return set_aside(table_, node) ? 0 : table_.network.pools[node].capacity;
  }

  void add_demands() {
    NetworkClassId last;
    for (const ArcStack& stack : table_.stacks) {
      const std::int64_t demand = demand_of(stack.part);
      if (stack.part == last) continue;  // the stacks of a part stand together
      last = stack.part;
      const auto& c = class_of(stack.part);
      lab_wanted_[c.lab] += demand;
      for (const CloudId host : c.hosts.members()) (has_choice(c) ? free_ : fixed_)(c.payer, host) += demand;
    }
  }
  void add_rooms() {
    for (const LoadAtNode& node : table_.at_nodes) {
      room_[node.at] += capacity(node.node);
      load_room_[table_.at_hosts[node.at].load] += capacity(node.node);
      known_[node.at] += node.served;
    }
    for (const NodeId node : table_.nodes()) host_room_[table_.host_of_node[node]] += capacity(node);
  }

  const CompiledScenario& s_;
  const HostingParameters& hosting_;
  const DemandTable& table_;
  double months_;
  Table<LabId, std::int64_t> lab_wanted_;
  Table<LoadAtHostId, std::int64_t> room_, known_;
  Table<LoadId, std::int64_t> load_room_;
  Table<CloudId, std::int64_t> host_room_;
  Grid<PartyId, CloudId, std::int64_t> fixed_, free_;  ///< wanted by payer: may go there alone, or there too
  std::array<double, kSpreadSteps> upto_{};            ///< spread_upto
};

}  // namespace

void limit_flows(const MarketView& view, const Interval& interval, DemandTable& table) {
  if (table.stacks.empty()) return;
  const Limits limits(view, interval, table);
  for (const ArcStack& stack : table.stacks) {
    std::int64_t left = limits.most(stack);
    const int below = stack.steps - 1;
    if (below > 0) {
      const auto widths = limits.widths(stack);
      for (int step = 0; step < below; ++step) {
        const std::int64_t room = std::min(left, widths[static_cast<std::size_t>(step)]);
        table.network.arcs[ArcId(stack.first.number() + step)].capacity = room;
        if (left != kUncapped) left -= room;
      }
    }
    table.network.arcs[ArcId(stack.first.number() + below)].capacity = left;
  }
}

Grid<LabId, CloudId, SpreadCost> spread_costs(const CompiledScenario& s, const DemandTable& table,
                                              const FlowSolution& solution) {
  if (!spreads(s.parameters.hosting)) return {};
  Grid<LabId, CloudId, SpreadCost> costs(s.parameters.labs.size(), s.parameters.clouds.size());
  const auto same_stack = [](const FlowArc& a, const FlowArc& b) {
    return a.demand_class == b.demand_class && a.pool == b.pool;
  };
  ArcId last;  // of the stack so far, which stands together: its flow, and what its dearest step adds
  std::int64_t flow = 0;
  Money dearest;
  for (const ArcId a : solution.used) {
    const ArcTerms& terms = table.arc_terms[a];
    const bool first = terms.surcharge == 0.0;  // as the first step is, and an arc alone: most of all
    const FlowArc& arc = table.network.arcs[a];
    if (first || !last.exists() || !same_stack(table.network.arcs[last], arc)) {
      flow = 0;
      dearest = {};
    }
    last = a;
    const Money before = dearest * flow;
    flow += solution.flow[a];
    if (first) continue;
    const Money each = scaled(terms.serving_cost, table.priced_at[terms.host] * terms.surcharge);
    dearest = std::max(dearest, each);
    SpreadCost& cost = costs(table.classes[table.demand_class(arc)].lab, terms.host);
    cost.added += each * solution.flow[a];
    cost.dearest += dearest * flow - before;
  }
  return costs;
}

void forget_flows(DemandTable& table) {
  for (LoadFlow& load : table.loads) load.wanted = load.served = 0;
  for (LoadAtHost& host : table.at_hosts) host.served = 0;
  for (LoadAtNode& node : table.at_nodes) node.served = 0;
  for (CommittedPair& pair : table.committed) pair.planned = false;
}

void remember_flows(const FlowSolution& solution, DemandTable& table) {
  if (table.stacks.empty()) return;
  Table<LoadId, std::int64_t> served(table.loads.size(), 0), wanted(served);
  Table<LoadAtHostId, std::int64_t> at_host(table.at_hosts.size(), 0);
  Table<LoadAtNodeId, std::int64_t> at_node(table.at_nodes.size(), 0);
  NetworkClassId last;
  for (const ArcStack& stack : table.stacks) {
    std::int64_t flow = 0;
    for (int step = 0; step < stack.steps; ++step) flow += solution.flow[ArcId(stack.first.number() + step)];
    const LoadAtHostId host = table.at_nodes[stack.at].at;
    const LoadId load = table.at_hosts[host].load;
    at_node[stack.at] += flow;
    at_host[host] += flow;
    served[load] += flow;
    if (stack.part != last) wanted[load] += table.network.classes[stack.part].demand;
    last = stack.part;
  }
  const auto keeps = [&](LoadId load) { return wanted[load] > 0 && served[load] == 0; };
  for (const LoadAtNodeId i : table.at_nodes.ids())
    if (!keeps(table.at_hosts[table.at_nodes[i].at].load)) table.at_nodes[i].served = at_node[i];
  for (const LoadAtHostId i : table.at_hosts.ids())
    if (!keeps(table.at_hosts[i].load)) table.at_hosts[i].served = at_host[i];
  for (const LoadId i : table.loads.ids()) {
    if (keeps(i)) continue;
    table.loads[i].wanted = wanted[i];
    table.loads[i].served = served[i];
  }
}

}  // namespace rackrate::market
