#include "sim/market/exchange/clearing/demand.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/chip_ports.hpp"
#include "sim/market/exchange/clearing/commitment_steer.hpp"
#include "sim/market/exchange/clearing/day_peaks.hpp"
#include "sim/market/exchange/clearing/fleet_use.hpp"
#include "sim/market/exchange/clearing/gangs.hpp"
#include "sim/market/exchange/clearing/hosting_limits.hpp"
#include "sim/market/exchange/clearing/streams.hpp"
#include "sim/market/exchange/clearing/training_runs.hpp"
#include "sim/market/exchange/ledger/entry.hpp"
#include "sim/market/exchange/terms/capacity_terms.hpp"
#include "sim/market/pricing/resale_terms.hpp"

namespace rackrate::market {
namespace {

Money to_money(double usd) { return Money::from_usd(usd, "a penalty, in $,"); }

double tier_penalty(const Parameters& p, Tier tier) { return p.clearing.penalty_usd[static_cast<std::size_t>(tier)]; }

Side payer_of(const CompiledScenario& s, LabId lab, ChannelId channel, core::SimTime t) {
  const PartyId seller = s.channel_firm[channel];
  if (seller.exists() && resale_terms(s, lab, channel, t).channel_pays_host) return {seller, Layer::Deployment};
  return {s.lab_firm[lab], Layer::Model};
}

core::EntityKey class_key(const Parameters& p, const DemandClass& c, const Alternative& alternative) {
  core::EntityKey name = core::name_hash(p.vocabulary.regions[c.region.position()], alternative.key);
  name = core::name_hash(std::to_string(static_cast<int>(c.tier)) + (c.resident ? "r" : "-"), name);
  for (const CloudId host : c.hosts.members()) name = core::name_hash(p.clouds[host].name, name);
  return name;
}

core::EntityKey load_key(const CompiledScenario& s, const DemandClass& c) {
  const core::EntityKey sold = core::name_hash(s.parameters.channels[c.channel].name, s.lab_key[c.lab]);
  const core::EntityKey there = core::name_hash(s.parameters.vocabulary.regions[c.region.position()], sold);
  return core::name_hash("load" + std::to_string(static_cast<int>(c.tier)) + (c.resident ? "r" : "-"), there);
}

/// The class of a cell, without its cells.
DemandClass class_of(const MarketView& view, CellId cell, core::SimTime t) {
  const auto& s = view.compiled();
  const auto& p = s.parameters;
  const auto [segment, a, region] = s.cells.decode(cell);
  const auto& alternative = s.alternatives[a];
  DemandClass c;
  c.lab = alternative.lab;
  c.channel = alternative.channel;
  c.region = region;
  c.resident = p.segments[segment].resident;
  c.tier = tier_of(alternative.product);
  c.hosts = view.access().cells[cell].hosts;
  c.penalty = to_money(tier_penalty(p, c.tier));
  const Side payer = payer_of(s, c.lab, c.channel, t);
  c.payer = payer.party;
  c.payer_layer = payer.layer;
  c.key = class_key(p, c, alternative);
  c.load_key = load_key(s, c);
  return c;
}

void add_cells(const MarketView& view, core::SimTime t, Table<ClassId, DemandClass>& classes) {
  const auto& s = view.compiled();
  using Key = std::tuple<LabId, ChannelId, RegionId, bool, Tier, std::uint32_t>;
  std::map<Key, ClassId> index;
  for (const CellId cell : s.cells.ids()) {
    const auto [segment, a, region] = s.cells.decode(cell);
    const auto& alternative = s.alternatives[a];
    const Key key{alternative.lab,
                  alternative.channel,
                  region,
                  s.parameters.segments[segment].resident,
                  tier_of(alternative.product),
                  view.access().cells[cell].hosts.bits()};
    const auto [it, fresh] = index.try_emplace(key, classes.next());
    if (fresh) classes.push_back(class_of(view, cell, t));
    classes[it->second].cells.push_back(cell);
  }
}

double stream_penalty(const Parameters& p, const StreamRef& stream, Tier tier) {
  if (!stream.application.exists()) {
    const double own = stream_terms(p, stream).unserved_penalty_usd;
    if (own > 0) return own;
  }
  return tier_penalty(p, tier);
}

void add_streams(const MarketView& view, Table<ClassId, DemandClass>& classes) {
  const auto& s = view.compiled();
  for (const StreamId k : s.streams.ids()) {
    const auto& stream = s.streams[k];
    DemandClass c;
    c.lab = stream.lab;
    c.channel = stream.channel;
    c.region = stream.region;
    c.tier = tier_of(stream.product);
    c.hosts = view.access().stream_hosts[k];
    c.stream = k;
    c.payer = stream.payer;
    c.payer_layer = stream.application.exists() ? Layer::Application : Layer::Model;
    c.key = stream.key;
    c.load_key = stream.key;
    c.penalty = to_money(stream_penalty(s.parameters, stream, c.tier));
    classes.push_back(std::move(c));
  }
}

const std::string& label_of(const CompiledScenario& s, const DemandTable& table, ReservationId r) {
  return s.money_labels[s.money[table.reservations[r]].label];
}

const std::string& region_name(const CompiledScenario& s, RegionId region) {
  return s.parameters.vocabulary.regions[region.position()];
}

/// Of what a cloud leases in a region.
core::EntityKey leased_key(const CompiledScenario& s, CloudId lessee, RegionId region) {
  return core::name_hash("leased by " + s.parameters.clouds[lessee].name, core::name_hash(region_name(s, region)));
}

/// Adds a place where capacity is offered by a host, open to interactive load or not.
NodeId add_node(DemandTable& table, RegionId region, CloudId host, bool open, core::EntityKey key) {
  table.pool_of_node.push_back({});
  table.region_of_node.push_back(region);
  table.host_of_node.push_back(host);
  table.reservation_of_node.push_back({});
  table.node_is_open.push_back(open ? 1 : 0);
  const NodeId node = table.network.pools.push_back({core::name_hash(open ? "open" : "rest", key), 0});
  table.place_of_node.push_back(node);
  return node;
}

NodeId add_pool_node(DemandTable& table, const CompiledScenario& s, PoolId pool, bool open, core::EntityKey key) {
  const NodeId node = add_node(table, s.pools[pool].region, s.pools[pool].cloud, open, key);
  table.pool_of_node[node] = pool;
  for (const NodeId first : table.nodes())
    if (table.pool_of_node[first] == pool) {
      table.place_of_node[node] = first;
      break;
    }
  return node;
}

/// What the cloud leases in the region, of whose pools.
std::vector<LentPart> lent_parts(const DemandTable& table, const CompiledScenario& s, CloudId lessee, RegionId region) {
  std::vector<LentPart> parts;
  for (const LeasePairId l : table.leased.ids()) {
    if (table.leased[l].lessee != lessee) continue;
    for (const PoolId pool : s.pools_of_cloud[table.leased[l].lessor])
      if (s.pools[pool].region == region) parts.push_back({l, pool, {}, 0});
  }
  return parts;
}

/// A pool is two nodes when interactive load is capped or swings: what it may use, and the rest, which only batch,
/// training and research may use (MODEL 9.3, 9.4). The rest stands behind the open part. So is each part of it that
/// somebody reserved, and what a cloud leases in a region.
void add_nodes(DemandTable& table, const CompiledScenario& s) {
  const int parts = s.parameters.clearing.rho_max < 1.0 || has_peaks(s.parameters.clearing) ? 2 : 1;
  for (const PoolId pool : s.pools.ids())
    for (int part = 0; part < parts; ++part) add_pool_node(table, s, pool, part == 0, s.pools[pool].key);
  for (const ReservationId r : table.reservations.ids())
    for (const PoolId pool : s.pools_of_cloud[s.money[table.reservations[r]].host])
      for (int part = 0; part < parts; ++part) {
        const auto key = core::name_hash(label_of(s, table, r), s.pools[pool].key);
        table.reservation_of_node[add_pool_node(table, s, pool, part == 0, key)] = r;
      }
  for (const CloudId lessee : s.parameters.clouds.ids())
    for (const RegionId region : core::indices<RegionId>(s.parameters.vocabulary.regions.size())) {
      const auto lent = lent_parts(table, s, lessee, region);
      for (int part = 0; part < parts && !lent.empty(); ++part) {
        const NodeId node = add_node(table, region, lessee, part == 0, leased_key(s, lessee, region));
        table.place_of_node[node] = NodeId(node.number() - part);
        for (const LentPart& of_pool : lent) table.lent.push_back({of_pool.pair, of_pool.pool, node, 0});
      }
    }
}

/// May the class be served there? Reserved capacity is for its lab; where unused capacity is released, for all classes.
bool may_enter(const DemandTable& table, const CompiledScenario& s, NodeId node, const DemandClass& c) {
  if (!c.hosts.contains(table.host_of_node[node]) || (c.resident && table.region_of_node[node] != c.region))
    return false;
  // Leases are signed for what labs were refused; own products and other customers stay in the cloud's own pools.
  if (!c.lab.exists() && table.is_leased(node)) return false;
  if (!table.node_is_open[node] && c.tier == Tier::Interactive) return false;
  const ReservationId r = table.reservation_of_node[node];
  if (!r.exists()) return true;
  const auto& m = s.money[table.reservations[r]];
  return s.clause_of(m).as<kinds::Reservation>().unused == UnusedRule::Release || may_use(m, c);
}

core::EntityKey arc_key(const DemandTable& table, const CompiledScenario& s, NodeId node, core::EntityKey class_key) {
  const core::EntityKey part = class_key + (table.node_is_open[node] ? 0 : 1);
  const ReservationId r = table.reservation_of_node[node];
  if (table.is_leased(node))
    return core::name_hash("leased", leased_key(s, table.host_of_node[node], table.region_of_node[node]) ^ part);
  return core::name_hash(s.pools[table.pool_of_node[node]].name,
                         r.exists() ? core::name_hash(label_of(s, table, r), part) : part);
}

/// The arcs of a part of a class to a node: one, or one for each step of the price that its share of the node has.
void add_arcs(DemandTable& table, const CompiledScenario& s, NetworkClassId part, NodeId node, core::EntityKey key) {
  const auto& c = table.classes[table.class_of_part[part]];
  FlowArc arc;
  arc.demand_class = part;
  arc.pool = node;
  const ArcId first = table.network.arcs.next();
  const int steps = table.is_run(part) ? 1 : steps_to(s, table, c, node);
  for (int step = 0; step < steps; ++step) {
    arc.key = step == 0 ? key : core::name_hash("step" + std::to_string(step), key);
    table.network.arcs.push_back(arc);
  }
  if (c.lab.exists() && (limits_flows(s.parameters.hosting) || needs_ports(s, c.lab) || training_block(s, c) > 0))
    add_stack(table, c, part, node, table.network.pools[node].key, first);
}

/// Adds a class, or the part of it that prefers its primary host, and its arcs to the network.
NetworkClassId add_network_class(DemandTable& table, const CompiledScenario& s, ClassId k, core::EntityKey key) {
  const auto& c = table.classes[k];
  table.network.classes.push_back({key, 0, c.penalty.tenthousandths()});
  const NetworkClassId self = table.class_of_part.push_back(k);
  for (const NodeId node : table.nodes())
    if (may_enter(table, s, node, c)) add_arcs(table, s, self, node, arc_key(table, s, node, key));
  return self;
}

/// Classes under a least share at a primary host, and with somewhere else to go, get a part that prefers the host.
void add_preferring(DemandTable& table, const CompiledScenario& s) {
  table.preferring.assign(table.classes.size(), {});
  table.primary_of_class.assign(table.classes.size(), {});
  if (table.primaries.empty()) return;
  for (const ClassId k : table.classes.ids()) {
    const PrimaryId i = primary_of(s, table, table.classes[k], true);
    if (!i.exists()) continue;
    const CloudId host = s.money[table.primaries[i]].host;
    if (table.classes[k].hosts == HostSet::only(host)) continue;  // it has nowhere else to go
    table.primary_of_class[k] = i;
    table.preferring[k] = add_network_class(table, s, k, core::name_hash("owed", table.classes[k].key));
  }
}

/// Adds the part of a class that a run asks for, with an arc to each part of a pool where it may be. What a cloud
/// leases lies in several pools: no run has its place there.
void add_run(DemandTable& table, const CompiledScenario& s, RunId run, ClassId k) {
  const auto& c = table.classes[k];
  const core::EntityKey key = core::name_hash(s.runs[run].name, c.key);
  const Money penalty = c.penalty + run_priority(s.parameters.clearing);
  const NetworkClassId self = table.network.classes.push_back({key, 0, penalty.tenthousandths()});
  table.class_of_part.push_back(k);
  table.run_parts.push_back({run, k, self, table.network.arcs.next(), 0});
  for (const NodeId node : table.nodes())
    if (!table.is_leased(node) && may_run_in(s, run, table.pool_of_node[node]) && may_enter(table, s, node, c))
      add_arcs(table, s, self, node, arc_key(table, s, node, key));
  table.run_parts.back().arcs = table.network.arcs.size() - table.run_parts.back().first.position();
}

void add_runs(DemandTable& table, const CompiledScenario& s) {
  for (const RunId run : s.runs.ids())
    for (const ClassId k : table.classes.ids())
      if (table.classes[k].lab == s.runs[run].lab && table.classes[k].tier == Tier::Training) add_run(table, s, run, k);
}

}  // namespace

Tier tier_of(Product product) {
  switch (product) {
    case Product::Finetune:
    case Product::Batch: return Tier::Batch;
    case Product::Training: return Tier::Training;
    case Product::Research: return Tier::Research;
    default: return Tier::Interactive;
  }
}

DemandTable build_demand(const MarketView& view, core::SimTime t, Table<LeasePairId, LeasePair> leased) {
  const auto& s = view.compiled();
  DemandTable table;
  table.leased = std::move(leased);
  add_cells(view, t, table.classes);
  table.class_of_cell.resize(s.cells.size());
  for (const ClassId k : table.classes.ids())
    for (const CellId cell : table.classes[k].cells) table.class_of_cell[cell] = k;
  add_streams(view, table.classes);
  add_fleet_uses(view, table.classes);
  table.first_cost = first_costs(s);
  find_capacity_terms(s, t, table);
  add_nodes(table, s);
  for (const ClassId k : table.classes.ids())
    table.free_part.push_back(add_network_class(table, s, k, table.classes[k].key));
  add_preferring(table, s);
  add_runs(table, s);
  if (has_peaks(s.parameters.clearing)) find_peak_groups(table);
  find_ported_parts(s, table);
  find_gang_places(s, table);
  find_arc_terms(s, table);
  find_commitments(s, t, table);
  return table;
}

}  // namespace rackrate::market
