#include "sim/market/exchange/facts/publish.hpp"

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/core/whole.hpp"
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

double pool_wait_hours(const CompiledScenario& s, const Allocation& allocation, PoolId pool) {
  const double rho_max = s.parameters.clearing.rho_max;
  const double open = core::real(allocation.open[pool]);
  const double load = core::real(allocation.interactive[pool]);
  if (open <= 0 || load <= 0) return 0.0;
  PoolQueue queue;
  // Interactive load may not fill more than rho_max of a pool, so the queue sees the whole pool.
  queue.replicas = std::max(1.0, open / rho_max / s.parameters.clouds[s.pools[pool].cloud].replica_h100e);
  queue.utilisation = std::min(load / open * rho_max, 0.999);
  queue.service_seconds = kServiceSeconds;
  queue.arrival_scv = kArrivalScv;
  queue.service_scv = kServiceScv;
  return mean_wait(queue) / 3600.0;
}

PoolFact pool_fact(const MarketView& view, const Allocation& allocation, PoolId pool) {
  const auto& s = view.compiled();
  const auto& signal = view.board.pools[pool];
  PoolFact fact;
  fact.cloud = s.pools[pool].cloud;
  fact.region = s.pools[pool].region;
  fact.installed = signal.installed;
  fact.unpowered = signal.unpowered;
  fact.down = signal.down;
  fact.internal = allocation.own_use[pool];
  fact.customers = allocation.customers[pool];
  fact.served = allocation.served[pool] - fact.internal - fact.customers;
  fact.lost_at_peaks = allocation.lost_at_peaks[pool];
  fact.rent = allocation.rent[pool];
  fact.wait_hours = pool_wait_hours(s, allocation, pool);
  return fact;
}

/// The identity must hold: nothing is a remainder.
void check_compute(const MarketView& view, const PoolFact& pool) {
  const auto sum = pool.unpowered + pool.down + pool.internal + pool.customers + pool.served + pool.idle;
  if (sum == pool.installed) return;
  const auto& v = view.parameters().vocabulary;
  throw core::LedgerError("compute of pool " + v.clouds[pool.cloud.position()] + "/" +
                          v.regions[pool.region.position()] + " on " + core::to_string(view.board.as_of) +
                          " does not close: installed " + std::to_string(pool.installed) + " H100e, accounted for " +
                          std::to_string(sum) + " (unpowered " + std::to_string(pool.unpowered) + ", down " +
                          std::to_string(pool.down) + ", internal " + std::to_string(pool.internal) + ", customers " +
                          std::to_string(pool.customers) + ", served " + std::to_string(pool.served) + ", idle " +
                          std::to_string(pool.idle) + ")");
}

/// What runs draws no more than what is energised, where power is a limit at all. A watt is rounding.
void check_power(const MarketView& view, PoolId pool) {
  const auto& signal = view.board.pools[pool];
  if (signal.energised_kw < 0 || signal.power_kw <= signal.energised_kw + 1e-3) return;
  throw core::LedgerError("pool " + view.compiled().pools[pool].name + " draws " + std::to_string(signal.power_kw) +
                          " kW on " + core::to_string(view.board.as_of) + "; expected at most the " +
                          std::to_string(signal.energised_kw) + " kW that are energised");
}

using ByCloud = Table<CloudId, double>;

/// Demand and waits at each cloud in the interval.
struct CloudDemand {
  ByCloud demand;           ///< H100e that wanted it
  ByCloud wanted, lost;     ///< interactive H100e that wanted it, and that were not served
  ByCloud available;        ///< H100e for sale
  ByCloud leased;           ///< H100e of that which belong to other clouds
  ByCloud customers, left;  ///< H100e that customers wanted of it, and that were not served
  ByCloud waiting, weight;  ///< hours waited by interactive load x load, and load
  ByCloud running, spare;   ///< H100e of the own fleet, and of that what stood idle and is bound by no contract

  explicit CloudDemand(std::size_t clouds) {
    for (auto* table :
         {&demand, &wanted, &lost, &available, &leased, &customers, &left, &waiting, &weight, &running, &spare})
      table->assign(clouds, 0.0);
  }
};

/// The first of the lab's hosts that the class may use, or none.
CloudId best_host(const PublishInput& in, const DemandClass& c) {
  if (c.cloud.exists()) return c.cloud;
  for (const CloudId host : in.view.compiled().hosts_of_lab[c.lab])
    if (c.hosts.contains(host)) return host;
  return {};
}

/// Adds what a class wanted from a host, and `part` of what it did not get.
void add_host(const PublishInput& in, ClassId k, CloudId host, double part, CloudDemand& sums) {
  const double demand = core::real(in.load.classes[k].demand);
  const double unserved = core::real(in.load.classes[k].demand - in.allocation.classes[k].served);
  sums.demand[host] += core::real(in.allocation.by_host(k, host)) + part * unserved;
  if (in.table.classes[k].use == FleetUse::Customers) {
    sums.customers[host] += demand;
    sums.left[host] += unserved;
  }
  if (in.table.classes[k].tier != Tier::Interactive) return;
  sums.wanted[host] += part * demand;
  sums.lost[host] += part * unserved;
}

/// What was not served would have gone where the rest of its class was, or to the best host of the class.
void add_classes(const PublishInput& in, CloudDemand& sums) {
  for (const ClassId k : in.table.classes.ids()) {
    if (in.load.classes[k].demand == 0) continue;
    const auto& got = in.allocation.classes[k];
    if (got.served == 0) {
      if (const CloudId host = best_host(in, in.table.classes[k]); host.exists()) add_host(in, k, host, 1.0, sums);
      continue;
    }
    for (const CloudId host : got.hosts.members())
      add_host(in, k, host, core::real(in.allocation.by_host(k, host)) / core::real(got.served), sums);
  }
}

/// Who waits, waits at the cloud that sells the capacity, its own or leased.
void add_pools(const PublishInput& in, CloudDemand& sums) {
  const auto& s = in.view.compiled();
  for (const PoolId pool : s.pools.ids())
    sums.available[s.pools[pool].cloud] += core::real(in.view.board.pools[pool].available);
  sums.running = sums.available;
  const auto add = [&](NodeId node, PoolId pool, std::int64_t interactive) {
    const CloudId host = in.table.host_of_node[node];
    sums.waiting[host] += in.pools[pool].wait_hours * core::real(interactive);
    sums.weight[host] += core::real(interactive);
  };
  for (const NodeId node : in.table.nodes()) {
    if (in.table.is_leased(node)) continue;
    add(node, in.table.pool_of_node[node], in.allocation.node_interactive[node]);
    if (!in.table.reservation_of_node[node].exists())
      sums.spare[in.table.host_of_node[node]] += core::real(in.allocation.node_idle[node]);
  }
  for (const LentPartId i : in.table.lent.ids())
    add(in.table.lent[i].node, in.table.lent[i].pool, in.allocation.lent[i].interactive);
}

/// What another cloud leases is demand of its lessor, and for sale at the lessee; the lessee need not build for it.
void add_leases(const PublishInput& in, CloudDemand& sums) {
  for (const LeasePairId l : in.table.leased.ids()) {
    const auto delivered = core::real(in.allocation.leases[l].delivered);
    sums.demand[in.table.leased[l].lessor] += delivered;
    sums.available[in.table.leased[l].lessee] += delivered;
    sums.leased[in.table.leased[l].lessee] += delivered;
  }
}

/// What customers may use from now on, and the orders that wait, which are demand of the cloud.
void add_orders(const PublishInput& in, CloudDemand& sums, Signals& signals) {
  const double headroom = in.view.parameters().customers.headroom;
  if (headroom < 0) return;
  for (const CloudId c : signals.clouds.ids()) {
    auto& signal = signals.clouds[c];
    signal.order_room = sums.customers[c] - sums.left[c] + std::max(0.0, sums.spare[c] - headroom * sums.running[c]);
    signal.order_running = sums.running[c];
    for (auto* sum : {&sums.demand, &sums.customers, &sums.left}) (*sum)[c] += core::real(in.load.waiting[c]);
  }
}

void publish_demand(const PublishInput& in, Signals& signals) {
  CloudDemand sums(signals.clouds.size());
  add_classes(in, sums);
  add_pools(in, sums);
  add_leases(in, sums);
  add_orders(in, sums, signals);
  const bool first = in.interval.start == in.view.parameters().run.start;
  const double days = in.interval.days();
  const double demand_gain = first ? 1.0 : std::min(1.0, days / kDemandMemoryDays);
  const double wait_gain = first ? 1.0 : std::min(1.0, days / kWaitMemoryDays);
  for (const CloudId c : signals.clouds.ids()) {
    auto& signal = signals.clouds[c];
    // A lost request comes back the next day: its wait is a day.
    const double queue = sums.weight[c] > 0 ? sums.waiting[c] / sums.weight[c] : 0.0;
    const double wait = queue + (sums.wanted[c] > 0 ? 24.0 * sums.lost[c] / sums.wanted[c] : 0.0);
    signal.demand += demand_gain * (sums.demand[c] - signal.demand);
    signal.leased += demand_gain * (sums.leased[c] - signal.leased);
    signal.wait_hours += wait_gain * (wait - signal.wait_hours);
    const double customers_wait = sums.customers[c] > 0 ? 24.0 * sums.left[c] / sums.customers[c] : 0.0;
    signal.customers_wait_hours += wait_gain * (customers_wait - signal.customers_wait_hours);
    signal.customers += demand_gain * (sums.customers[c] - sums.left[c] - signal.customers);
    signal.available = sums.available[c];
    if (!in.load.latent.empty()) signal.latent += demand_gain * (in.load.latent[c] - signal.latent);
  }
}

/// Own cost of an H100e-hour for sale: energy, operations and depreciation of the fleet.
void publish_costs(const PublishInput& in, Signals& signals) {
  const auto& s = in.view.compiled();
  const auto& p = s.parameters;
  ByCloud cost(p.clouds.size(), 0.0), hours(p.clouds.size(), 0.0);
  for (const auto& asset : in.assets)
    cost[asset.cloud] += core::real(asset.cost.tenthousandths()) * 1e-4 / asset.life_days * in.interval.days();
  for (const PoolId pool : s.pools.ids()) {
    const CloudId c = s.pools[pool].cloud;
    const auto& cloud = p.clouds[c];
    const double kwh = in.view.board.pools[pool].power_kw * in.interval.hours();
    cost[c] += kwh * (cloud.energy_usd_per_mwh * 1e-3 + cloud.opex_usd_per_kw_year / core::kHoursPerYear);
    hours[c] += core::real(in.view.board.pools[pool].available) * in.interval.hours();
  }
  for (const CloudId c : p.clouds.ids())
    if (hours[c] > 0) signals.clouds[c].cost_per_h100e_hour = cost[c] / hours[c];
}

}  // namespace

Table<PoolId, PoolFact> pool_facts(const MarketView& view, const Allocation& allocation, const Network& network) {
  Table<PoolId, PoolFact> facts;
  for (const PoolId pool : view.compiled().pools.ids()) facts.push_back(pool_fact(view, allocation, pool));
  const DemandTable& table = network.table;
  for (const NodeId node : table.nodes())
    if (!table.is_leased(node)) facts[table.pool_of_node[node]].idle += network.solution.slack[node];
  for (const LentPartId i : table.lent.ids())
    facts[table.lent[i].pool].idle += table.lent[i].h100e - allocation.lent[i].used;
  for (const auto& fact : facts) check_compute(view, fact);
  for (const PoolId pool : facts.ids()) check_power(view, pool);
  return facts;
}

Signals publish(const PublishInput& input, const Signals& before) {
  Signals signals = before;
  publish_demand(input, signals);
  publish_costs(input, signals);
  publish_pull(input, signals);
  publish_market(input, signals);
  return signals;
}

}  // namespace rackrate::market
