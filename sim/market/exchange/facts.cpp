#include "sim/market/exchange/facts.hpp"

#include <map>
#include <tuple>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/whole_parts.hpp"

namespace rackrate::market {
namespace {

struct Amounts {
  std::int64_t wanted = 0, served = 0;
};

using DemandKey = std::tuple<LabId, ChannelId, Product, RegionId>;
using ServiceKey = std::tuple<LabId, CloudId, Product>;

/// Splits what a class wanted and got among its products.
void add_demand(const DemandClass& c, const ClassLoad& load, std::int64_t served, std::map<DemandKey, Amounts>& sums) {
  const auto wanted_by = split_whole(load.demand, load.load);
  const auto served_by = split_whole(served, wanted_by);  // by what was wanted, so that no product gets more
  for (const Product product : ByProduct<std::int64_t>::keys()) {
    if (wanted_by[product] == 0 && served_by[product] == 0) continue;
    auto& sum = sums[{c.lab, c.channel, product, c.region}];
    sum.wanted += wanted_by[product];
    sum.served += served_by[product];
  }
}

void add_service(const DemandClass& c, CloudId host, const ClassLoad& load, std::int64_t served,
                 std::map<ServiceKey, std::int64_t>& sums) {
  const auto parts = split_whole(served, load.load);
  for (const Product product : ByProduct<std::int64_t>::keys())
    if (const auto part = parts[product]; part != 0) sums[{c.lab, host, product}] += part;
}

void demand_facts(const SettlementInput& in, IntervalFacts& facts) {
  std::map<DemandKey, Amounts> demand;
  std::map<ServiceKey, std::int64_t> service;
  for (const ClassId k : in.table.classes.ids()) {
    const auto& c = in.table.classes[k];
    const auto& load = in.load.classes[k];
    if (load.demand == 0) continue;
    add_demand(c, load, in.allocation.classes[k].served, demand);
    for (const CloudId host : in.view.parameters().clouds.ids())
      if (const std::int64_t served = in.allocation.by_host(k, host); served != 0)
        add_service(c, host, load, served, service);
  }
  for (const auto& [key, sum] : demand) {
    const auto& [lab, channel, product, region] = key;
    facts.demand.push_back({lab, channel, region, product, sum.wanted, sum.served});
  }
  for (const auto& [key, served] : service) {
    const auto& [lab, host, product] = key;
    facts.service.push_back({lab, host, product, served});
  }
}

using PlacementKey = std::tuple<SegmentId, LabId, ChannelId, CloudId, CloudId, Product>;

/// Adds the volume of a cell at the hosts where its class was served, in proportion; at the best permitted host when
/// nothing was.
void add_placement(const SettlementInput& in, ClassId k, CellId cell, std::map<PlacementKey, double>& placed) {
  const auto& s = in.view.compiled();
  const auto [segment, a, region] = s.cells.decode(cell);
  const auto& alternative = s.alternatives[a];
  const double units = core::real(in.load.cell_volume[cell]) * 1e-6;
  const auto add = [&, segment = segment](CloudId host, double part) {
    CloudId runtime;
    if (alternative.product == Product::AgentStateful) runtime = alternative.cloud.exists() ? alternative.cloud : host;
    placed[{segment, alternative.lab, alternative.channel, host, runtime, alternative.product}] += part;
  };
  const std::int64_t served = in.allocation.classes[k].served;
  if (served == 0) {
    if (const CloudId host = in.view.access().cells[cell].host; host.exists()) add(host, units);
    return;
  }
  for (const CloudId host : s.parameters.clouds.ids())
    if (const std::int64_t there = in.allocation.by_host(k, host); there != 0)
      add(host, units * core::real(there) / core::real(served));
}

/// Where the placed volume of each segment is.
void placement_facts(const SettlementInput& in, IntervalFacts& facts) {
  std::map<PlacementKey, double> placed;
  for (const ClassId k : in.table.classes.ids())
    for (const CellId cell : in.table.classes[k].cells)
      if (in.load.cell_volume[cell] != 0) add_placement(in, k, cell, placed);
  for (const auto& [key, units] : placed) {
    const auto& [segment, lab, channel, host, runtime, product] = key;
    facts.placements.push_back({segment, lab, channel, host, runtime, product, units});
  }
}

void segment_facts(const SettlementInput& in, IntervalFacts& facts) {
  const auto& board = in.view.board;
  for (const SegmentId segment : in.view.parameters().segments.ids())
    facts.segments.push_back({segment, board.adoption[segment],
                              core::real(in.demand.surplus[segment].tenthousandths()) * 1e-4 * board.volume_growth});
}

void lab_facts(const SettlementInput& in, IntervalFacts& facts) {
  const auto& s = in.view.compiled();
  const auto& board = in.view.board;
  for (const LabId lab : s.parameters.labs.ids()) {
    LabFact fact;
    fact.lab = lab;
    fact.quality = board.labs[lab].best;
    fact.kappa = s.parameters.labs[lab].kappa * board.kappa[lab];
    for (const StreamId k : s.streams.ids())
      if (s.streams[k].lab == lab && !s.streams[k].application.exists()) fact.users += in.load.streams[k].users;
    facts.labs.push_back(fact);
  }
}

/// List prices: a lab's per reference unit, which any of its products shows by its multiplier.
void price_facts(const SettlementInput& in, IntervalFacts& facts) {
  const auto& s = in.view.compiled();
  const auto& board = in.view.board;
  std::map<std::pair<LabId, ChannelId>, double> price;
  for (const AlternativeId a : s.alternatives.ids()) {
    const auto& alternative = s.alternatives[a];
    const double multiplier = s.parameters.labs[alternative.lab].product_price[alternative.product];
    if (multiplier > 0) price[{alternative.lab, alternative.channel}] = board.unit_price[a] / multiplier;
  }
  for (const auto& [key, usd] : price) facts.prices.push_back({key.first, key.second, usd});
  for (const CloudId c : s.parameters.clouds.ids())
    facts.compute_prices.push_back({c, s.parameters.clouds[c].price_usd * board.clouds[c].price_index});
}

}  // namespace

IntervalFacts interval_facts(const SettlementInput& input, const Settlement& settlement, Table<PoolId, PoolFact> pools,
                             bool last_of_month) {
  IntervalFacts facts;
  facts.pools = std::move(pools);
  demand_facts(input, facts);
  if (last_of_month) placement_facts(input, facts);
  segment_facts(input, facts);
  lab_facts(input, facts);
  price_facts(input, facts);
  for (const auto& line : settlement.lines)
    if (line.clause.exists()) facts.clauses.push_back(line);
  return facts;
}

void report(Observer& observer, const IntervalFacts& facts, const Interval& interval, const Board& board) {
  WindowFact fact;
  fact.start = interval.start;
  fact.length = interval.length();
  fact.pools = facts.pools.rows();
  fact.demand = facts.demand;
  fact.service = facts.service;
  fact.placements = facts.placements;
  fact.segments = facts.segments;
  fact.labs = facts.labs;
  fact.prices = facts.prices;
  fact.compute_prices = facts.compute_prices;
  fact.clauses = facts.clauses;
  for (const double seats : board.seats) fact.seats += seats;
  observer.on_window(fact);
}

}  // namespace rackrate::market
