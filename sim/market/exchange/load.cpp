#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/capacity_terms.hpp"
#include "sim/market/exchange/window.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// Volume response to price, (P/P_ref)^-epsilon, with P_ref the price on the first day.
double price_response(const Alternative& a, double price, double elasticity) {
  return a.price > 0 && price > 0 && elasticity > 0 ? math::pow(price / a.price, -elasticity) : 1.0;
}

void load_cells(Exchange& exchange, const MarketView& view, Window& window) {
  const auto& s = view.compiled();
  const auto& p = s.parameters;
  const auto& compute = view.board.unit_compute;
  std::vector<double> volume_factor;
  for (std::size_t a = 0; a < s.alternatives.size(); ++a)
    volume_factor.push_back(view.board.volume_growth *
                            price_response(s.alternatives[a], view.board.unit_price[a], p.choice.elasticity));
  window.cell_volume.assign(exchange.units.size(), 0);
  const auto regions = p.vocabulary.regions.size();
  for (std::size_t k = 0; k < exchange.table.classes.size(); ++k) {
    const auto& c = exchange.table.classes[k];
    auto& out = window.classes[k];
    for (const auto cell : c.cells) {
      const auto i = static_cast<std::size_t>(cell);
      const std::int64_t learned = exchange.units[i] - exchange.ramp[i];
      if (learned <= 0) continue;
      const std::size_t a = i / regions % s.alternatives.size();
      const auto& access = view.access().cells[i];
      const double cap = access.state == Permission::Preview ? static_cast<double>(access.token_cap) : 1.0;
      const auto volume = core::whole(static_cast<double>(learned) * volume_factor[a] * cap,
                                      "the volume of one market, in millionths of a unit,");
      window.cell_volume[i] = volume;
      out.load[static_cast<std::size_t>(s.alternatives[a].product)] += core::whole(
          static_cast<double>(volume) * compute[a] / 24.0, "the load of one market, in millionths of an H100e,");
    }
  }
}

void load_streams(Exchange& exchange, const MarketView& view, Window& window) {
  const auto& s = view.compiled();
  for (std::size_t k = 0; k < s.streams.size(); ++k)
    window.streams.push_back(stream_load(view, static_cast<int>(k), window.start));
  for (std::size_t k = 0; k < exchange.table.classes.size(); ++k) {
    const auto& c = exchange.table.classes[k];
    if (c.stream < 0) continue;
    const auto& stream = s.streams[static_cast<std::size_t>(c.stream)];
    window.classes[k].load[static_cast<std::size_t>(stream.product)] =
        core::whole(std::floor(window.streams[static_cast<std::size_t>(c.stream)].h100e * 1e6 + 0.5),
                    "the load of a stream, in millionths of an H100e,");
  }
}

}  // namespace

void load_window(Exchange& exchange, const MarketView& view, Window& window) {
  window.classes.assign(exchange.table.classes.size(), {});
  for (auto& c : window.classes) {
    c.load.assign(kProductNames.size(), 0);
    c.by_host.assign(view.parameters().clouds.size(), 0);
    c.reserved.assign(view.parameters().clouds.size(), 0);
  }
  load_cells(exchange, view, window);
  load_streams(exchange, view, window);
  // Workloads are smaller than one H100e: a class asks for whole ones and carries the rest to the next interval, as
  // compute, for that one may be of another length; at most one H100e comes back at once.
  const std::int64_t length = (window.end - window.start).count();
  for (std::size_t k = 0; k < window.classes.size(); ++k) {
    std::int64_t total = 0;
    for (const auto load : window.classes[k].load) total += load;
    if (total == 0) continue;
    auto& carry = exchange.carry[exchange.table.classes[k].key];
    const std::int64_t back = std::min<std::int64_t>(carry / length, 999'999);
    total += back;
    window.classes[k].demand = total / 1'000'000;
    carry += (total % 1'000'000 - back) * length;
  }
}

void clear_window(Exchange& exchange, const MarketView& view, Window& window) {
  const auto& s = view.compiled();
  auto& table = exchange.table;
  auto& network = table.network;
  set_demands(exchange, view, window);
  set_capacities(exchange, view, window);
  set_costs(exchange, view);
  exchange.solver.solve(network, exchange.solution);

  window.pool_served.assign(s.pools.size(), 0);
  window.pool_interactive.assign(s.pools.size(), 0);
  window.pool_rent.assign(s.pools.size(), 0);
  for (std::size_t a = 0; a < network.arcs.size(); ++a) {
    const std::int64_t flow = exchange.solution.flow[a];
    if (flow == 0) continue;
    const auto k =
        static_cast<std::size_t>(table.class_of_node[static_cast<std::size_t>(network.arcs[a].demand_class)]);
    const auto pool = static_cast<std::size_t>(table.pool_of_node[static_cast<std::size_t>(network.arcs[a].pool)]);
    window.classes[k].served += flow;
    window.classes[k].by_host[static_cast<std::size_t>(table.arc_host[a])] += flow;
    window.pool_served[pool] += flow;
    if (table.own_reservation(s, network.arcs[a])) {
      window.classes[k].reserved[static_cast<std::size_t>(table.arc_host[a])] += flow;
      window
          .reservations[static_cast<std::size_t>(
              table.reservation_of_node[static_cast<std::size_t>(network.arcs[a].pool)])]
          .used += flow;
    }
    if (table.classes[k].tier == Tier::Interactive) window.pool_interactive[pool] += flow;
  }
  // The part open to interactive load is the scarcer one: its rent is the pool's. What is reserved has no market price.
  for (std::size_t node = 0; node < network.pools.size(); ++node) {
    if (table.reservation_of_node[node] >= 0) continue;
    auto& rent = window.pool_rent[static_cast<std::size_t>(table.pool_of_node[node])];
    rent = std::max(rent, exchange.solution.rent[node]);
  }
  measure_primaries(exchange, view, window);
  for (auto& c : window.classes)
    c.fill = c.demand > 0 ? static_cast<double>(c.served) / static_cast<double>(c.demand) : 1.0;
}

}  // namespace rackrate::market
