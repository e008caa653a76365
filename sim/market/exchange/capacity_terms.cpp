#include "sim/market/exchange/capacity_terms.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/exchange.hpp"
#include "sim/market/exchange/whole_parts.hpp"
#include "sim/market/exchange/window.hpp"

namespace rackrate::market {
namespace {

const Chip* chip_of(const CompiledScenario& s, const kinds::Reservation& reservation) {
  for (const auto& chip : s.parameters.chips)
    if (chip.name == reservation.chip) return &chip;
  return nullptr;
}

/// All of it, before any schedule.
std::int64_t full_size(const CompiledScenario& s, const kinds::Reservation& reservation) {
  double h100e = reservation.quantity_h100e;
  if (reservation.power_mw > 0) {
    const Chip* chip = chip_of(s, reservation);
    h100e = chip == nullptr ? 0.0 : reservation.power_mw * 1e3 / chip->facility_kw * chip->h100e;
  }
  return core::whole(std::floor(h100e + 1e-6), "a reservation, in H100e,");
}

double share_at(const kinds::Reservation& reservation, core::SimTime t) {
  double share = reservation.schedule.empty() ? 1.0 : 0.0;
  for (const auto& step : reservation.schedule)
    if (step.from <= t) share = step.share;
  return share;
}

const kinds::Reservation& reservation_of(const CompiledScenario& s, const PaymentClause& m) {
  return s.clause_of(m).as<kinds::Reservation>();
}
const kinds::Primary& primary_terms(const CompiledScenario& s, const PaymentClause& m) {
  return s.clause_of(m).as<kinds::Primary>();
}

bool in_tiers(const kinds::Primary& primary, Tier tier) {
  const Role role = tier >= Tier::Training ? Role::Train : Role::Host;
  return primary.role.empty() || std::find(primary.role.begin(), primary.role.end(), role) != primary.role.end();
}

bool owes(const CompiledScenario& s, const PaymentClause& primary, const DemandClass& c) {
  return c.lab == primary.lab && c.payer_layer != Layer::Application && in_tiers(primary_terms(s, primary), c.tier);
}

/// The pools a reservation may lie in: its host's, in the regions of its scope.
std::vector<int> pools_for(const CompiledScenario& s, const PaymentClause& m) {
  const auto& regions = s.clause_of(m).scope.regions;
  std::vector<int> pools;
  for (const int pool : s.pools_of_cloud[static_cast<std::size_t>(m.host)]) {
    const auto& region =
        s.parameters.vocabulary.regions[static_cast<std::size_t>(s.pools[static_cast<std::size_t>(pool)].region)];
    if (regions.empty() || std::find(regions.begin(), regions.end(), region) != regions.end()) pools.push_back(pool);
  }
  return pools;
}

std::size_t chip_index(const CompiledScenario& s, const kinds::Reservation& reservation) {
  return static_cast<std::size_t>(chip_of(s, reservation) - s.parameters.chips.data());
}

/// What a network may be charged at most for serving, 1e-4 $: preferences and first calls are measured against it.
std::int64_t largest_cost(const FlowNetwork& network) {
  std::int64_t most = 0;
  for (const auto& arc : network.arcs) most = std::max(most, arc.cost);
  return most;
}

}  // namespace

void find_capacity_terms(const CompiledScenario& s, core::SimTime t, DemandTable& table) {
  for (std::size_t k = 0; k < s.money.size(); ++k) {
    if (!s.in_force(s.money[k], t)) continue;
    if (s.clause_of(s.money[k]).is<kinds::Reservation>()) table.reservations.push_back(static_cast<int>(k));
    if (s.clause_of(s.money[k]).is<kinds::Primary>()) table.primaries.push_back(static_cast<int>(k));
  }
  const auto rank = [&](int k) {
    return std::tuple{s.money[static_cast<std::size_t>(k)].from, s.money[static_cast<std::size_t>(k)].label};
  };
  for (auto* list : {&table.reservations, &table.primaries})
    std::sort(list->begin(), list->end(), [&](int a, int b) { return rank(a) < rank(b); });
}

bool may_use(const PaymentClause& m, const DemandClass& c) {
  return c.lab == m.lab && c.payer == m.payer && c.hosts.contains(m.host);
}

int primary_of(const CompiledScenario& s, const DemandTable& table, const DemandClass& c, bool least_share) {
  for (std::size_t i = 0; i < table.primaries.size(); ++i) {
    const auto& m = s.money[static_cast<std::size_t>(table.primaries[i])];
    const auto& terms = primary_terms(s, m);
    if ((least_share ? terms.min_share : terms.weight) <= 0 || !owes(s, m, c) || !c.hosts.contains(m.host)) continue;
    return static_cast<int>(i);
  }
  return -1;
}

std::int64_t reserved_h100e(const CompiledScenario& s, const PaymentClause& m, core::SimTime t) {
  const auto& reservation = reservation_of(s, m);
  return static_cast<std::int64_t>(
      std::floor(static_cast<double>(full_size(s, reservation)) * share_at(reservation, t) + 1e-6));
}

std::int64_t reservation_left(const CompiledScenario& s, const PaymentClause& m, core::SimTime t) {
  const auto& reservation = reservation_of(s, m);
  if (m.until >= core::kNever) return -1;  // no end, no sum
  std::vector<core::SimTime> dates{t};
  for (const auto& step : reservation.schedule)
    if (step.from > t && step.from < m.until) dates.push_back(step.from);
  dates.push_back(m.until);
  double usd = 0.0;
  for (std::size_t i = 0; i + 1 < dates.size(); ++i)
    usd += static_cast<double>(reserved_h100e(s, m, dates[i])) *
           std::max(0.0, core::in_hours(dates[i + 1] - dates[i])) * reservation.price_usd;
  return contracts::amount_from_usd(usd);
}

void set_capacities(Exchange& exchange, const MarketView& view, Window& window) {
  const auto& s = view.compiled();
  auto& table = exchange.table;
  const double rho = s.parameters.clearing.rho_max;
  const auto open_part = [rho](std::int64_t h100e) {
    return rho < 1.0 ? static_cast<std::int64_t>(std::floor(static_cast<double>(h100e) * rho)) : h100e;
  };

  std::vector<std::int64_t> left, open_left;
  std::vector<std::vector<std::int64_t>> chip_left;
  window.pool_open_capacity.assign(s.pools.size(), 0);
  for (std::size_t pool = 0; pool < s.pools.size(); ++pool) {
    left.push_back(view.board.pools[pool].available);
    window.pool_open_capacity[pool] = open_part(left.back());
    open_left.push_back(window.pool_open_capacity[pool]);
    if (!table.reservations.empty()) chip_left.push_back(view.board.pools[pool].chip_h100e);
  }
  std::vector<std::vector<std::int64_t>> taken(table.reservations.size(), std::vector<std::int64_t>(s.pools.size(), 0));
  window.reservations.clear();
  for (std::size_t r = 0; r < table.reservations.size(); ++r) {
    const auto& m = s.money[static_cast<std::size_t>(table.reservations[r])];
    const auto& reservation = reservation_of(s, m);
    const auto pools = pools_for(s, m);
    std::vector<std::int64_t> room;
    std::int64_t total = 0;
    for (const int pool : pools) {
      const auto p = static_cast<std::size_t>(pool);
      room.push_back(reservation.chip.empty() ? left[p] : std::min(left[p], chip_left[p][chip_index(s, reservation)]));
      total += room.back();
    }
    CapacityTermWindow position;
    position.money = table.reservations[r];
    position.asked = reserved_h100e(s, m, window.start);
    position.delivered = std::min(position.asked, total);
    const auto parts = split_whole(position.delivered, room);
    for (std::size_t i = 0; i < pools.size(); ++i) {
      const auto p = static_cast<std::size_t>(pools[i]);
      taken[r][p] = parts[i];
      left[p] -= parts[i];
      open_left[p] -= open_part(parts[i]);
      if (!reservation.chip.empty()) chip_left[p][chip_index(s, reservation)] -= parts[i];
    }
    window.reservations.push_back(position);
  }
  for (std::size_t node = 0; node < table.network.pools.size(); ++node) {
    const auto pool = static_cast<std::size_t>(table.pool_of_node[node]);
    const int r = table.reservation_of_node[node];
    const std::int64_t all = r < 0 ? left[pool] : taken[static_cast<std::size_t>(r)][pool];
    const std::int64_t open = r < 0 ? std::min(open_left[pool], all) : open_part(all);
    table.network.pools[node].capacity = table.node_is_open[node] ? open : all - open;
  }
}

void set_demands(Exchange& exchange, const MarketView& view, const Window& window) {
  const auto& s = view.compiled();
  auto& table = exchange.table;
  auto& network = table.network;
  for (std::size_t k = 0; k < window.classes.size(); ++k) network.classes[k].demand = window.classes[k].demand;
  for (std::size_t i = 0; i < table.primaries.size(); ++i) {
    const auto& m = s.money[static_cast<std::size_t>(table.primaries[i])];
    const double share = primary_terms(s, m).min_share;
    if (share <= 0) continue;
    std::int64_t all = 0, only_there = 0;
    std::vector<std::int64_t> movable(window.classes.size(), 0);
    for (std::size_t k = 0; k < window.classes.size(); ++k) {
      const auto& c = table.classes[k];
      if (!owes(s, m, c)) continue;
      all += window.classes[k].demand;
      if (c.hosts == HostSet::only(m.host)) only_there += window.classes[k].demand;
      if (table.preferring[k] >= 0 && table.primary_of_class[k] == static_cast<int>(i))
        movable[k] = window.classes[k].demand;
    }
    std::int64_t most = 0;
    for (const auto volume : movable) most += volume;
    const auto owed = static_cast<std::int64_t>(std::ceil(static_cast<double>(all) * share - 1e-6)) - only_there;
    const auto parts = split_whole(std::clamp<std::int64_t>(owed, 0, most), movable);
    for (std::size_t k = 0; k < parts.size(); ++k) {
      if (table.primary_of_class[k] != static_cast<int>(i)) continue;
      network.classes[k].demand -= parts[k];
      network.classes[static_cast<std::size_t>(table.preferring[k])].demand = parts[k];
    }
  }
}

void set_costs(Exchange& exchange, const MarketView& view) {
  const auto& s = view.compiled();
  auto& table = exchange.table;
  auto& network = table.network;
  const auto latency = core::tenthousandths(s.parameters.clearing.latency_usd, "clearing.latency, in $,");
  for (auto& arc : network.arcs) {
    const auto& c =
        table.classes[static_cast<std::size_t>(table.class_of_node[static_cast<std::size_t>(arc.demand_class)])];
    const auto& ref = s.pools[static_cast<std::size_t>(table.pool_of_node[static_cast<std::size_t>(arc.pool)])];
    double cost = static_cast<double>(s.serving_cost(c.lab, ref.cloud)) *
                  view.board.clouds[static_cast<std::size_t>(ref.cloud)].price_index;
    if (const int i = table.primaries.empty() ? -1 : primary_of(s, table, c, false); i >= 0) {
      const auto& m = s.money[static_cast<std::size_t>(table.primaries[static_cast<std::size_t>(i)])];
      if (m.host == ref.cloud) cost *= 1.0 - primary_terms(s, m).weight;
    }
    arc.cost = core::whole(std::floor(cost + 0.5), "a serving cost, in 1e-4 $,");
    if (c.region >= 0 && c.region != ref.region) arc.cost += latency;
  }
  if (table.reservations.empty() && table.primaries.empty()) return;

  // What is owed to a primary host outweighs any saving on serving, and leaves nobody unserved who could be served.
  const std::int64_t preference = largest_cost(network) + 1;
  std::int64_t penalty = 0;
  for (const auto& c : network.classes) penalty = std::max(penalty, c.unserved_penalty);
  // Reserved capacity is its lab's before anybody's, whatever that leaves unserved.
  const std::int64_t first_call = penalty + 3 * preference;
  for (auto& arc : network.arcs) {
    const auto node = static_cast<std::size_t>(arc.demand_class);
    const auto k = static_cast<std::size_t>(table.class_of_node[node]);
    const int host = s.pools[static_cast<std::size_t>(table.pool_of_node[static_cast<std::size_t>(arc.pool)])].cloud;
    if (node != k &&
        s.money[static_cast<std::size_t>(table.primaries[static_cast<std::size_t>(table.primary_of_class[k])])].host ==
            host)
      arc.cost -= preference;
    if (table.own_reservation(s, arc)) arc.cost -= first_call;
  }
}

bool DemandTable::own_reservation(const CompiledScenario& s, const FlowArc& arc) const {
  const int r = reservation_of_node[static_cast<std::size_t>(arc.pool)];
  if (r < 0) return false;
  const auto& c = classes[static_cast<std::size_t>(class_of_node[static_cast<std::size_t>(arc.demand_class)])];
  return may_use(s.money[static_cast<std::size_t>(reservations[static_cast<std::size_t>(r)])], c);
}

void measure_primaries(Exchange& exchange, const MarketView& view, Window& window) {
  const auto& s = view.compiled();
  window.primaries.clear();
  for (const int money : exchange.table.primaries) {
    const auto& m = s.money[static_cast<std::size_t>(money)];
    CapacityTermWindow position;
    position.money = money;
    for (std::size_t k = 0; k < window.classes.size(); ++k) {
      if (!owes(s, m, exchange.table.classes[k])) continue;
      position.asked += window.classes[k].served;
      position.used += window.classes[k].by_host[static_cast<std::size_t>(m.host)];
    }
    const auto least = static_cast<std::int64_t>(
        std::ceil(static_cast<double>(position.asked) * primary_terms(s, m).min_share - 1e-6));
    position.delivered = std::max<std::int64_t>(0, least - position.used);
    window.primaries.push_back(position);
  }
}

}  // namespace rackrate::market
