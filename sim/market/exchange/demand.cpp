#include "sim/market/exchange/demand.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/capacity_terms.hpp"
#include "sim/market/pricing/resale_terms.hpp"

namespace rackrate::market {
namespace {

std::int64_t to_money(double usd) { return core::tenthousandths(usd, "a penalty, in $,"); }

struct Payer {
  int party = 0;
  Layer layer = Layer::Model;
};

Payer payer_of(const CompiledScenario& s, int lab, int channel, core::SimTime t) {
  const int seller = s.channel_firm[static_cast<std::size_t>(channel)];
  if (seller >= 0 && resale_terms(s, lab, channel, t).channel_pays_host) return {seller, Layer::Deployment};
  return {s.lab_firm[static_cast<std::size_t>(lab)], Layer::Model};
}

void add_cells(const MarketView& view, core::SimTime t, std::vector<DemandClass>& classes) {
  const auto& s = view.compiled();
  const auto& p = s.parameters;
  using Key = std::tuple<LabId, ChannelId, RegionId, bool, Tier, std::uint32_t>;
  std::map<Key, std::size_t> index;
  for (const CellId cell : s.cells.ids()) {
    const auto [segment, a, region] = s.cells.decode(cell);
    const auto& access = view.access().cells[cell];
    const auto& alternative = s.alternatives[a];
    const Key key{
        alternative.lab,    alternative.channel, region, p.segments[segment].resident, tier_of(alternative.product),
        access.hosts.bits()};
    const auto [it, fresh] = index.try_emplace(key, classes.size());
    if (fresh) {
      DemandClass c;
      c.lab = alternative.lab;
      c.channel = alternative.channel;
      c.region = region;
      c.resident = p.segments[segment].resident;
      c.tier = tier_of(alternative.product);
      c.hosts = access.hosts;
      c.penalty = to_money(p.clearing.penalty_usd[static_cast<std::size_t>(c.tier)]);
      const Payer payer = payer_of(s, c.lab, c.channel, t);
      c.payer = payer.party;
      c.payer_layer = payer.layer;
      std::uint64_t name = core::name_hash(p.vocabulary.regions[region.position()], alternative.key);
      name = core::name_hash(std::to_string(static_cast<int>(c.tier)) + (c.resident ? "r" : "-"), name);
      for (const CloudId host : c.hosts.members()) name = core::name_hash(p.clouds[host].name, name);
      c.key = name;
      classes.push_back(std::move(c));
    }
    classes[it->second].cells.push_back(cell);
  }
}

void add_streams(const MarketView& view, std::vector<DemandClass>& classes) {
  const auto& s = view.compiled();
  for (std::size_t k = 0; k < s.streams.size(); ++k) {
    const auto& stream = s.streams[k];
    DemandClass c;
    c.lab = stream.lab;
    c.channel = stream.channel;
    c.region = stream.region;
    c.tier = tier_of(stream.product);
    c.hosts = view.access().stream_hosts[k];
    c.stream = static_cast<int>(k);
    c.payer = stream.payer;
    c.payer_layer = stream.application >= 0 ? Layer::Application : Layer::Model;
    c.key = stream.key;
    double penalty = s.parameters.clearing.penalty_usd[static_cast<std::size_t>(c.tier)];
    if (stream.stream >= 0) {
      const double own = s.parameters.labs[static_cast<std::size_t>(stream.lab)]
                             .streams[static_cast<std::size_t>(stream.stream)]
                             .unserved_penalty_usd;
      if (own > 0) penalty = own;
    }
    c.penalty = to_money(penalty);
    classes.push_back(std::move(c));
  }
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

namespace {

/// Adds a place where a pool's capacity is offered, open to interactive load or not.
void add_node(DemandTable& table, std::size_t pool, bool open, int reservation, core::EntityKey key) {
  table.network.pools.push_back({core::name_hash(open ? "open" : "rest", key), 0});
  table.pool_of_node.push_back(static_cast<std::int32_t>(pool));
  table.reservation_of_node.push_back(reservation);
  table.node_is_open.push_back(open ? 1 : 0);
}

/// Who may use what was reserved: its lab, and everybody where what the lab leaves is released.
bool may_enter(const DemandTable& table, const CompiledScenario& s, std::size_t node, const DemandClass& c) {
  const int r = table.reservation_of_node[node];
  if (r < 0) return true;
  const auto& m = s.money[static_cast<std::size_t>(table.reservations[static_cast<std::size_t>(r)])];
  return s.clause_of(m).as<kinds::Reservation>().unused == UnusedRule::Release || may_use(m, c);
}

void add_network_class(DemandTable& table, const CompiledScenario& s, std::size_t k, std::uint64_t key) {
  const auto& c = table.classes[k];
  const auto self = static_cast<std::int32_t>(table.network.classes.size());
  table.network.classes.push_back({key, 0, c.penalty});
  table.class_of_node.push_back(static_cast<std::int32_t>(k));
  for (std::size_t node = 0; node < table.network.pools.size(); ++node) {
    const auto& ref = s.pools[static_cast<std::size_t>(table.pool_of_node[node])];
    if (!c.hosts.contains(ref.cloud) || (c.resident && ref.region != c.region)) continue;
    if (!table.node_is_open[node] && c.tier == Tier::Interactive) continue;
    if (!may_enter(table, s, node, c)) continue;
    FlowArc arc;
    arc.demand_class = self;
    arc.pool = static_cast<std::int32_t>(node);
    const std::uint64_t part = key + (table.node_is_open[node] ? 0 : 1);
    const int r = table.reservation_of_node[node];
    arc.key = core::name_hash(
        ref.name,
        r < 0 ? part
              : core::name_hash(
                    s.money_labels[static_cast<std::size_t>(
                        s.money[static_cast<std::size_t>(table.reservations[static_cast<std::size_t>(r)])].label)],
                    part));
    table.network.arcs.push_back(arc);
    table.arc_host.push_back(ref.cloud);
  }
}

}  // namespace

DemandTable build_demand(const MarketView& view, core::SimTime t) {
  const auto& s = view.compiled();
  const auto& p = s.parameters;
  DemandTable table;
  add_cells(view, t, table.classes);
  add_streams(view, table.classes);
  find_capacity_terms(s, t, table);

  // A pool is two nodes when interactive load is capped: what it may use, and the rest, which only
  // batch, training and research may use (MODEL 9.3). So is each part of it that somebody reserved.
  const bool capped = p.clearing.rho_max < 1.0;
  for (std::size_t pool = 0; pool < s.pools.size(); ++pool)
    for (int part = 0; part < (capped ? 2 : 1); ++part) add_node(table, pool, part == 0, -1, s.pools[pool].key);
  for (std::size_t r = 0; r < table.reservations.size(); ++r) {
    const auto& m = s.money[static_cast<std::size_t>(table.reservations[r])];
    for (const int pool : s.pools_of_cloud[static_cast<std::size_t>(m.host)])
      for (int part = 0; part < (capped ? 2 : 1); ++part)
        add_node(table, static_cast<std::size_t>(pool), part == 0, static_cast<int>(r),
                 core::name_hash(s.money_labels[static_cast<std::size_t>(m.label)],
                                 s.pools[static_cast<std::size_t>(pool)].key));
  }
  for (std::size_t k = 0; k < table.classes.size(); ++k) add_network_class(table, s, k, table.classes[k].key);
  table.preferring.assign(table.classes.size(), -1);
  table.primary_of_class.assign(table.classes.size(), -1);
  for (std::size_t k = 0; k < table.classes.size() && !table.primaries.empty(); ++k) {
    const int i = primary_of(s, table, table.classes[k], true);
    if (i < 0) continue;
    const int host = s.money[static_cast<std::size_t>(table.primaries[static_cast<std::size_t>(i)])].host;
    if (table.classes[k].hosts == HostSet::only(host)) continue;  // it has nowhere else to go
    table.primary_of_class[k] = i;
    table.preferring[k] = static_cast<std::int32_t>(table.network.classes.size());
    add_network_class(table, s, k, core::name_hash("owed", table.classes[k].key));
  }
  return table;
}

}  // namespace rackrate::market
