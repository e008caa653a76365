#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "sim/core/math.hpp"
#include "sim/market/exchange/whole_parts.hpp"
#include "sim/market/exchange/window.hpp"
#include "sim/market/primitives/queueing.hpp"

namespace rackrate::market {
namespace {

/// Mean time a request holds a replica. Assumption; waits scale with it.
constexpr double kServiceSeconds = 20.0;
/// Squared coefficients of variation of arrivals within a day and of service. Requests are near-Poisson one
/// by one (public inference traces); service times are about twice as variable as exponential ones.
constexpr double kArrivalScv = 1.0, kServiceScv = 2.0;
/// Time constants of the published digests.
constexpr double kDemandMemoryDays = 28.0, kWaitMemoryDays = 7.0;

struct Facts {
  std::vector<PoolFact> pools;
  std::vector<DemandFact> demand;
  std::vector<ServiceFact> service;
  std::vector<PlacementFact> placements;
  std::vector<SegmentFact> segments;
  std::vector<LabFact> labs;
  std::vector<PriceFact> prices;
  std::vector<ComputePriceFact> compute_prices;
};

double pool_wait_hours(const CompiledScenario& s, const Window& window, std::size_t pool) {
  const auto& cloud = s.parameters.clouds[static_cast<std::size_t>(s.pools[pool].cloud)];
  const auto open = static_cast<double>(window.pool_open_capacity[pool]);
  const auto load = static_cast<double>(window.pool_interactive[pool]);
  if (open <= 0 || load <= 0) return 0.0;
  PoolQueue queue;
  // Interactive load may not fill more than rho_max of a pool, so the queue sees the whole pool.
  queue.replicas = std::max(1.0, open / s.parameters.clearing.rho_max / cloud.replica_h100e);
  queue.utilisation = std::min(load / open * s.parameters.clearing.rho_max, 0.999);
  queue.service_seconds = kServiceSeconds;
  queue.arrival_scv = kArrivalScv;
  queue.service_scv = kServiceScv;
  return mean_wait(queue) / 3600.0;
}

void pool_facts(const MarketView& view, const Window& window, Facts& facts) {
  const auto& s = view.compiled();
  for (std::size_t k = 0; k < s.pools.size(); ++k) {
    const auto& signal = view.board.pools[k];
    PoolFact fact;
    fact.cloud = static_cast<std::int16_t>(s.pools[k].cloud);
    fact.region = static_cast<std::int16_t>(s.pools[k].region);
    fact.installed = signal.installed;
    fact.unpowered = signal.unpowered;
    fact.down = signal.down;
    fact.internal = signal.internal;
    fact.served = window.pool_served[k];
    fact.idle = 0;  // filled from the solver's slack below
    fact.rent = window.pool_rent[k];
    fact.wait_hours = pool_wait_hours(s, window, k);
    facts.pools.push_back(fact);
  }
}

/// Idle capacity is the solver's slack, and the identity must hold: nothing is a remainder.
void close_compute(const Exchange& exchange, const MarketView& view, Facts& facts) {
  for (std::size_t node = 0; node < exchange.table.pool_of_node.size(); ++node)
    facts.pools[static_cast<std::size_t>(exchange.table.pool_of_node[node])].idle += exchange.solution.slack[node];
  for (const auto& pool : facts.pools) {
    const auto sum = pool.unpowered + pool.down + pool.internal + pool.served + pool.idle;
    if (sum == pool.installed) continue;
    const auto& v = view.parameters().vocabulary;
    throw core::LedgerError("compute of pool " + v.clouds[static_cast<std::size_t>(pool.cloud)] + "/" +
                            v.regions[static_cast<std::size_t>(pool.region)] + " on " +
                            core::to_string(view.board.as_of) + " does not close: installed " +
                            std::to_string(pool.installed) + " H100e, accounted for " + std::to_string(sum) +
                            " (unpowered " + std::to_string(pool.unpowered) + ", down " + std::to_string(pool.down) +
                            ", internal " + std::to_string(pool.internal) + ", served " + std::to_string(pool.served) +
                            ", idle " + std::to_string(pool.idle) + ")");
  }
}

void demand_facts(const Exchange& exchange, const Window& window, Facts& facts) {
  std::map<std::tuple<int, int, Product, int>, std::pair<std::int64_t, std::int64_t>> demand;
  std::map<std::tuple<int, int, Product>, std::int64_t> service;
  for (std::size_t k = 0; k < window.classes.size(); ++k) {
    const auto& c = exchange.table.classes[k];
    const auto& got = window.classes[k];
    if (got.demand == 0) continue;
    const auto wanted = split_whole(got.demand, got.load);
    const auto served = split_whole(got.served, wanted);  // by what was wanted, so that no product gets more
    for (std::size_t product = 0; product < wanted.size(); ++product) {
      if (wanted[product] == 0 && served[product] == 0) continue;
      auto& sum = demand[{c.lab, c.channel, static_cast<Product>(product), c.region}];
      sum.first += wanted[product];
      sum.second += served[product];
    }
    for (std::size_t host = 0; host < got.by_host.size(); ++host) {
      if (got.by_host[host] == 0) continue;
      const auto parts = split_whole(got.by_host[host], got.load);
      for (std::size_t product = 0; product < parts.size(); ++product)
        if (parts[product] != 0)
          service[{c.lab, static_cast<int>(host), static_cast<Product>(product)}] += parts[product];
    }
  }
  for (const auto& [key, sum] : demand) {
    const auto& [lab, channel, product, region] = key;
    facts.demand.push_back({static_cast<std::int16_t>(lab), static_cast<std::int16_t>(channel),
                            static_cast<std::int16_t>(region), product, sum.first, sum.second});
  }
  for (const auto& [key, served] : service) {
    const auto& [lab, host, product] = key;
    facts.service.push_back({static_cast<std::int16_t>(lab), static_cast<std::int16_t>(host), product, served});
  }
}

/// Where the placed volume of each segment is, on the last window of a month. The host of a placement is
/// where its class was served, in proportion; the best permitted host when nothing was.
void placement_facts(const Exchange& exchange, const MarketView& view, const Window& window, Facts& facts) {
  const auto& s = view.compiled();
  const auto regions = s.parameters.vocabulary.regions.size();
  std::map<std::tuple<int, int, int, int, int, Product>, double> placed;
  for (std::size_t k = 0; k < exchange.table.classes.size(); ++k) {
    const auto& c = exchange.table.classes[k];
    const auto& got = window.classes[k];
    for (const auto cell : c.cells) {
      const auto i = static_cast<std::size_t>(cell);
      if (window.cell_volume[i] == 0) continue;
      const auto a = i / regions % s.alternatives.size();
      const int segment = static_cast<int>(i / regions / s.alternatives.size());
      const auto& alternative = s.alternatives[a];
      const double units = static_cast<double>(window.cell_volume[i]) * 1e-6;
      const auto add = [&](int host, double part) {
        const int runtime = alternative.product == Product::AgentStateful
                                ? (alternative.cloud >= 0 ? alternative.cloud : CloudId(host))
                                : CloudId();
        placed[{segment, alternative.lab, alternative.channel, host, runtime, alternative.product}] += part;
      };
      if (got.served == 0) {
        const int host = view.access().cells[i].host;
        if (host >= 0) add(host, units);
        continue;
      }
      for (std::size_t host = 0; host < got.by_host.size(); ++host)
        if (got.by_host[host] != 0)
          add(static_cast<int>(host), units * static_cast<double>(got.by_host[host]) / static_cast<double>(got.served));
    }
  }
  for (const auto& [key, units] : placed) {
    const auto& [segment, lab, channel, host, runtime, product] = key;
    facts.placements.push_back({static_cast<std::int16_t>(segment), static_cast<std::int16_t>(lab),
                                static_cast<std::int16_t>(channel), static_cast<std::int16_t>(host),
                                static_cast<std::int16_t>(runtime), product, units});
  }
}

void segment_facts(const Exchange& exchange, const MarketView& view, Facts& facts) {
  const auto& p = view.parameters();
  const double growth = view.board.volume_growth;
  for (std::size_t segment = 0; segment < p.segments.size(); ++segment)
    facts.segments.push_back({static_cast<std::int16_t>(segment), view.board.adoption[segment],
                              static_cast<double>(exchange.surplus[segment]) * 1e-4 * growth});
}

void lab_facts(const MarketView& view, const Window& window, Facts& facts) {
  const auto& s = view.compiled();
  const auto& p = s.parameters;
  for (std::size_t lab = 0; lab < p.labs.size(); ++lab) {
    LabFact fact;
    fact.lab = static_cast<std::int16_t>(lab);
    fact.quality = view.board.labs[lab].best;
    fact.kappa = p.labs[lab].kappa * view.board.kappa[lab];
    for (std::size_t k = 0; k < s.streams.size(); ++k)
      if (s.streams[k].lab == static_cast<int>(lab) && s.streams[k].stream >= 0) fact.users += window.streams[k].users;
    facts.labs.push_back(fact);
  }
  std::map<std::pair<int, int>, std::pair<double, double>>
      sums;  // list price per reference unit: any product's, per its multiplier
  for (std::size_t a = 0; a < s.alternatives.size(); ++a) {
    const auto& alternative = s.alternatives[a];
    const double multiplier =
        p.labs[static_cast<std::size_t>(alternative.lab)].product_price[static_cast<std::size_t>(alternative.product)];
    if (multiplier > 0) sums[{alternative.lab, alternative.channel}] = {view.board.unit_price[a] / multiplier, 1.0};
  }
  for (const auto& [key, price] : sums)
    facts.prices.push_back({static_cast<std::int16_t>(key.first), static_cast<std::int16_t>(key.second), price.first});
  for (std::size_t c = 0; c < p.clouds.size(); ++c)
    facts.compute_prices.push_back(
        {static_cast<std::int16_t>(c), p.clouds[c].price_usd * view.board.clouds[c].price_index});
}

/// What this window adds to the published digests: demand that wanted each cloud, unserved demand going
/// where the rest of its class was served (or to its best host), waits, and the cloud's own unit cost.
void publish(Exchange& exchange, const MarketView& view, const Window& window, const Facts& facts) {
  const auto& s = view.compiled();
  const auto& p = s.parameters;
  const auto clouds = p.clouds.size();
  std::vector<double> demand(clouds, 0.0), available(clouds, 0.0), waiting(clouds, 0.0), wanted(clouds, 0.0),
      lost(clouds, 0.0);
  for (std::size_t k = 0; k < window.classes.size(); ++k) {
    const auto& c = exchange.table.classes[k];
    const auto& got = window.classes[k];
    if (got.demand == 0) continue;
    const auto unserved = static_cast<double>(got.demand - got.served);
    std::vector<double> part(clouds, 0.0);
    if (got.served > 0) {
      for (std::size_t host = 0; host < clouds; ++host)
        part[host] = static_cast<double>(got.by_host[host]) / static_cast<double>(got.served);
    } else {
      for (const CloudId host : s.hosts_of_lab[c.lab])
        if (c.hosts.contains(host)) {
          part[host.position()] = 1.0;
          break;
        }
    }
    for (std::size_t host = 0; host < clouds; ++host) {
      demand[host] += static_cast<double>(got.by_host[host]) + part[host] * unserved;
      if (c.tier != Tier::Interactive) continue;
      wanted[host] += part[host] * static_cast<double>(got.demand);
      lost[host] += part[host] * unserved;
    }
  }
  std::vector<double> weight(clouds, 0.0);
  for (std::size_t k = 0; k < s.pools.size(); ++k) {
    const auto cloud = static_cast<std::size_t>(s.pools[k].cloud);
    available[cloud] += static_cast<double>(view.board.pools[k].available);
    const auto load = static_cast<double>(window.pool_interactive[k]);
    waiting[cloud] += facts.pools[k].wait_hours * load;
    weight[cloud] += load;
  }
  const double days = window.hours / 24.0;
  const bool first = window.start == p.run.start;
  for (std::size_t c = 0; c < clouds; ++c) {
    auto& signal = exchange.signals[c];
    // A lost request comes back the next day: its wait is a day.
    const double queue = weight[c] > 0 ? waiting[c] / weight[c] : 0.0;
    const double wait = queue + (wanted[c] > 0 ? 24.0 * lost[c] / wanted[c] : 0.0);
    const double demand_gain = first ? 1.0 : std::min(1.0, days / kDemandMemoryDays);
    const double wait_gain = first ? 1.0 : std::min(1.0, days / kWaitMemoryDays);
    signal.demand += demand_gain * (demand[c] - signal.demand);
    signal.wait_hours += wait_gain * (wait - signal.wait_hours);
    signal.available = available[c];
  }
}

/// Own cost of an H100e-hour for sale: energy, operations and depreciation of the modelled part of the fleet.
void publish_costs(Exchange& exchange, const MarketView& view, const Window& window) {
  const auto& s = view.compiled();
  const auto& p = s.parameters;
  const double days = window.hours / 24.0;
  std::vector<double> cost(p.clouds.size(), 0.0), hours(p.clouds.size(), 0.0);
  for (const auto& asset : exchange.assets)
    cost[static_cast<std::size_t>(asset.cloud)] += static_cast<double>(asset.cost) * 1e-4 / asset.life_days * days;
  for (std::size_t k = 0; k < s.pools.size(); ++k) {
    const auto c = static_cast<std::size_t>(s.pools[k].cloud);
    const auto& cloud = p.clouds[c];
    const double kwh = view.board.pools[k].power_kw * window.hours * (1.0 - cloud.internal_share);
    cost[c] += kwh * (cloud.energy_usd_per_mwh * 1e-3 + cloud.opex_usd_per_kw_year / core::kHoursPerYear);
    hours[c] += static_cast<double>(view.board.pools[k].available) * window.hours;
  }
  for (std::size_t c = 0; c < p.clouds.size(); ++c)
    if (hours[c] > 0) exchange.signals[c].cost_per_h100e_hour = cost[c] / hours[c];
}

}  // namespace

void report_window(Exchange& exchange, const MarketView& view, const Window& window, Observer* observer) {
  Facts facts;
  pool_facts(view, window, facts);
  close_compute(exchange, view, facts);
  publish(exchange, view, window, facts);
  publish_costs(exchange, view, window);
  publish_market(exchange, view, window);
  if (observer == nullptr) return;
  const bool month_ends =
      window.end >= exchange.end || core::month_index(window.end) != core::month_index(window.start);
  demand_facts(exchange, window, facts);
  if (month_ends) placement_facts(exchange, view, window, facts);
  segment_facts(exchange, view, facts);
  lab_facts(view, window, facts);
  WindowFact fact;
  fact.start = window.start;
  fact.length = window.end - window.start;
  fact.pools = facts.pools;
  fact.demand = facts.demand;
  fact.service = facts.service;
  fact.placements = facts.placements;
  fact.segments = facts.segments;
  fact.labs = facts.labs;
  fact.prices = facts.prices;
  fact.compute_prices = facts.compute_prices;
  std::vector<ClauseFact> lines;
  for (const auto& line : exchange.lines)
    if (line.clause >= 0) lines.push_back(line);
  fact.clauses = lines;
  for (const double seats : view.board.seats) fact.seats += seats;
  observer->on_window(fact);
}

}  // namespace rackrate::market
