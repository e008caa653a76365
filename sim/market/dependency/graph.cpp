#include "sim/market/dependency/graph.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/roles.hpp"

// g++ 12 takes an empty boost::optional inside Boost.Graph's edge iterator for an uninitialised one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/betweenness_centrality.hpp>
#include <boost/graph/breadth_first_search.hpp>
#pragma GCC diagnostic pop

namespace rackrate::market {
namespace {

/// Where the actors of each list stand in the graph.
struct Places {
  std::size_t firms = 0, vendors = 0, clouds = 0, pools = 0, labs = 0, channels = 0;
  [[nodiscard]] ActorNodeId of(PartyId id) const { return ActorNodeId(firms + id.position()); }
  [[nodiscard]] ActorNodeId of(VendorId id) const { return ActorNodeId(vendors + id.position()); }
  [[nodiscard]] ActorNodeId of(CloudId id) const { return ActorNodeId(clouds + id.position()); }
  [[nodiscard]] ActorNodeId of(PoolId id) const { return ActorNodeId(pools + id.position()); }
  [[nodiscard]] ActorNodeId of(LabId id) const { return ActorNodeId(labs + id.position()); }
  [[nodiscard]] ActorNodeId of(ChannelId id) const { return ActorNodeId(channels + id.position()); }
};

Places add_actors(const CompiledScenario& s, DependencyGraph& graph) {
  Places places;
  const auto add = [&](std::size_t& place, const auto& rows, ActorKind kind, auto name_of) {
    place = graph.actors.size();
    for (const auto& row : rows) graph.actors.push_back({name_of(row), kind});
  };
  const auto name = [](const auto& row) { return row.name; };
  add(places.firms, s.parties, ActorKind::Firm, [](const std::string& party) { return party; });
  add(places.vendors, s.parameters.vendors, ActorKind::Vendor, name);
  add(places.clouds, s.parameters.clouds, ActorKind::Cloud, name);
  add(places.pools, s.pools, ActorKind::Pool, name);
  add(places.labs, s.parameters.labs, ActorKind::Lab, name);
  add(places.channels, s.parameters.channels, ActorKind::Channel, name);
  return places;
}

void add_ownership(const CompiledScenario& s, const Places& at, DependencyGraph& graph) {
  const auto own = [&](PartyId firm, ActorNodeId what) {
    if (firm.exists()) graph.ties.push_back({at.of(firm), what, TieKind::Ownership, {}, {}});
  };
  for (const VendorId v : s.parameters.vendors.ids()) own(s.vendor_firm[v], at.of(v));
  for (const CloudId c : s.parameters.clouds.ids()) own(s.cloud_firm[c], at.of(c));
  for (const LabId l : s.parameters.labs.ids()) own(s.lab_firm[l], at.of(l));
  for (const ChannelId c : s.parameters.channels.ids()) own(s.channel_firm[c], at.of(c));
  for (const PoolId p : s.pools.ids())
    graph.ties.push_back({at.of(s.pools[p].cloud), at.of(p), TieKind::Ownership, {}, {}});
}

void add_supply(const CompiledScenario& s, const Table<PoolId, PoolSignal>& pools, const Places& at,
                DependencyGraph& graph) {
  for (const VendorId v : s.parameters.vendors.ids())
    for (const PoolId p : s.pools.ids()) {
      double h100e = 0.0, all = 0.0;
      for (const ChipId chip : pools[p].chip_h100e.ids()) {
        const double part = core::real(pools[p].chip_h100e[chip]);
        all += part;
        if (s.chip_vendor[chip] == v) h100e += part;
      }
      if (h100e > 0) graph.ties.push_back({at.of(v), at.of(p), TieKind::Supply, {}, {}, h100e, h100e / all});
    }
}

void add_hosting(const Regime& regime, const Table<PoolId, PoolSignal>& pools, const Places& at, core::SimTime t,
                 DependencyGraph& graph) {
  const auto& s = regime.compiled;
  const AccessInterval& access = regime.access[regime.interval_at(t).position()];
  const auto may_run = [&](PoolId pool, LabId lab) {
    return access.lab_hosts[lab].contains(s.pools[pool].cloud) && s.ported_from(lab, s.pools[pool].cloud) <= t;
  };
  for (const PoolId pool : s.pools.ids())
    for (const LabId lab : s.parameters.labs.ids()) {
      if (!may_run(pool, lab)) continue;
      double all = 0.0;
      for (const PoolId other : s.pools.ids()) all += may_run(other, lab) ? core::real(pools[other].available) : 0.0;
      const double h100e = core::real(pools[pool].available);
      graph.ties.push_back({at.of(pool), at.of(lab), TieKind::Hosting, {}, {}, h100e, all > 0 ? h100e / all : 0.0});
    }
}

void add_selling(const Regime& regime, const Places& at, core::SimTime t, DependencyGraph& graph) {
  const auto& s = regime.compiled;
  const AccessInterval& access = regime.access[regime.interval_at(t).position()];
  for (const LabId lab : s.parameters.labs.ids())
    for (const ChannelId channel : s.parameters.channels.ids()) {
      const bool sold = std::any_of(s.alternatives.ids().begin(), s.alternatives.ids().end(), [&](AlternativeId a) {
        return s.alternatives[a].lab == lab && s.alternatives[a].channel == channel;
      });
      const bool own = !s.channel_firm[channel].exists();
      if (sold && (own || access.lab_channels[lab].test(channel.position())))
        graph.ties.push_back({at.of(lab), at.of(channel), TieKind::Selling, {}, {}});
    }
}

void add_payments(const CompiledScenario& s, const Places& at, core::SimTime t, DependencyGraph& graph) {
  for (const PaymentClauseId id : s.money.ids()) {
    const auto& money = s.money[id];
    if (!s.in_force(money, t)) continue;
    // A price names a lab and its host, a payment its two firms.
    const PartyId payer = money.payer.exists() ? money.payer : money.lab.exists() ? s.lab_firm[money.lab] : PartyId{};
    const PartyId payee = money.payee.exists()  ? money.payee
                          : money.host.exists() ? s.cloud_firm[money.host]
                                                : PartyId{};
    if (!payer.exists() || !payee.exists()) continue;
    const std::string kind = contracts::kind_name(s.clause_of(money));
    graph.ties.push_back({at.of(payer), at.of(payee), TieKind::Payment, s.money_labels[money.label], kind});
  }
}

using BoostGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

BoostGraph joined(const DependencyGraph& graph) {
  std::map<std::pair<ActorNodeId, ActorNodeId>, bool> pairs;
  for (const Tie& tie : graph.ties) pairs[{tie.from, tie.to}] = true;
  BoostGraph out(graph.actors.size());
  for (const auto& [pair, _] : pairs)
    if (pair.first != pair.second) boost::add_edge(pair.first.position(), pair.second.position(), out);
  return out;
}

/// Ordered pairs of two actors of which one reaches the other.
std::size_t pairs_joined(const BoostGraph& graph) {
  std::size_t pairs = 0;
  for (std::size_t v = 0; v < num_vertices(graph); ++v) {
    std::vector<int> steps(num_vertices(graph), 0);
    boost::breadth_first_search(
        graph, v,
        boost::visitor(boost::make_bfs_visitor(boost::record_distances(steps.data(), boost::on_tree_edge()))));
    pairs += static_cast<std::size_t>(std::count_if(steps.begin(), steps.end(), [](int n) { return n > 0; }));
  }
  return pairs;
}

bool owns(const DependencyGraph& graph, ActorNodeId owner, ActorNodeId what) {
  return std::any_of(graph.ties.begin(), graph.ties.end(), [&](const Tie& tie) {
    return tie.kind == TieKind::Ownership && tie.to == what && (tie.from == owner || owns(graph, owner, tie.from));
  });
}

}  // namespace

DependencyGraph dependency_graph(const Regime& regime, const Table<PoolId, PoolSignal>& pools, core::SimTime t) {
  DependencyGraph graph;
  const auto& s = regime.compiled;
  const Places at = add_actors(s, graph);
  add_ownership(s, at, graph);
  add_supply(s, pools, at, graph);
  add_hosting(regime, pools, at, t, graph);
  add_selling(regime, at, t, graph);
  add_payments(s, at, t, graph);
  return graph;
}

Table<ActorNodeId, double> betweenness(const DependencyGraph& graph) {
  const BoostGraph g = joined(graph);
  Table<ActorNodeId, double> out(graph.actors.size(), 0.0);
  boost::brandes_betweenness_centrality(
      g, boost::make_iterator_property_map(out.rows().begin(), get(boost::vertex_index, g)));
  const std::size_t pairs = pairs_joined(g);
  for (double& x : out) x = pairs > 0 ? x / static_cast<double>(pairs) : 0.0;
  return out;
}

std::vector<Table<ActorNodeId, double>> lab_dependency(const DependencyGraph& graph) {
  std::vector<Table<ActorNodeId, double>> out;
  for (const ActorNodeId lab : graph.actors.ids()) {
    if (graph.actors[lab].kind != ActorKind::Lab) continue;
    auto& row = out.emplace_back(graph.actors.size(), 0.0);
    for (const Tie& hosting : graph.ties) {
      if (hosting.kind != TieKind::Hosting || hosting.to != lab) continue;
      for (const ActorNodeId actor : graph.actors.ids()) {
        double part = actor == hosting.from || owns(graph, actor, hosting.from) ? 1.0 : 0.0;
        for (const Tie& supply : graph.ties)  // a cloud's own chips count once
          if (part < 1.0 && supply.kind == TieKind::Supply && supply.to == hosting.from &&
              (supply.from == actor || owns(graph, actor, supply.from)))
            part += supply.share;
        row[actor] += hosting.share * std::min(part, 1.0);
      }
    }
  }
  return out;
}

}  // namespace rackrate::market
