#include "sim/market/exchange/terms/capacity_terms.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/clear.hpp"
#include "sim/market/exchange/clearing/hosting_limits.hpp"
#include "sim/market/exchange/clearing/load.hpp"
#include "sim/market/exchange/whole_parts.hpp"

namespace rackrate::market {
namespace {

/// The chip that the reservation names, or none.
ChipId chip_id(const CompiledScenario& s, const kinds::Reservation& reservation) {
  for (const ChipId chip : s.parameters.chips.ids())
    if (s.parameters.chips[chip].name == reservation.chip) return chip;
  return {};
}

/// The whole reservation, before its schedule.
std::int64_t full_size(const CompiledScenario& s, const kinds::Reservation& reservation) {
  double h100e = reservation.quantity_h100e;
  if (reservation.power_mw > 0) {
    const ChipId id = chip_id(s, reservation);
    if (!id.exists()) return 0;
    const auto& chip = s.parameters.chips[id];
    h100e = reservation.power_mw * 1e3 / chip.facility_kw * chip.h100e;
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
std::vector<PoolId> pools_for(const CompiledScenario& s, const PaymentClause& m) {
  const auto& regions = s.clause_of(m).scope.regions;
  std::vector<PoolId> pools;
  for (const PoolId pool : s.pools_of_cloud[m.host]) {
    const auto& region = s.parameters.vocabulary.regions[s.pools[pool].region.position()];
    if (regions.empty() || std::find(regions.begin(), regions.end(), region) != regions.end()) pools.push_back(pool);
  }
  return pools;
}

}  // namespace

void find_capacity_terms(const CompiledScenario& s, core::SimTime t, DemandTable& table) {
  for (const PaymentClauseId k : s.money.ids()) {
    if (!s.in_force(s.money[k], t)) continue;
    if (s.clause_of(s.money[k]).is<kinds::Reservation>()) table.reservations.push_back(k);
    if (s.clause_of(s.money[k]).is<kinds::Primary>()) table.primaries.push_back(k);
  }
  const auto earlier = [&](PaymentClauseId a, PaymentClauseId b) {
    return std::tuple{s.money[a].from, s.money[a].label} < std::tuple{s.money[b].from, s.money[b].label};
  };
  std::sort(table.reservations.begin(), table.reservations.end(), earlier);
  std::sort(table.primaries.begin(), table.primaries.end(), earlier);
}

bool may_use(const PaymentClause& m, const DemandClass& c) {
  return c.lab == m.lab && c.payer == m.payer && c.hosts.contains(m.host);
}

PrimaryId primary_of(const CompiledScenario& s, const DemandTable& table, const DemandClass& c, bool least_share) {
  for (const PrimaryId i : table.primaries.ids()) {
    const auto& m = s.money[table.primaries[i]];
    const auto& terms = primary_terms(s, m);
    if ((least_share ? terms.min_share : terms.weight) <= 0 || !owes(s, m, c) || !c.hosts.contains(m.host)) continue;
    return i;
  }
  return {};
}

std::int64_t reserved_h100e(const CompiledScenario& s, const PaymentClause& m, core::SimTime t) {
  const auto& reservation = reservation_of(s, m);
  return core::whole(std::floor(core::real(full_size(s, reservation)) * share_at(reservation, t) + 1e-6),
                     "a reservation, in H100e,");
}

ChipId reserved_chip(const CompiledScenario& s, const PaymentClause& m) { return chip_id(s, reservation_of(s, m)); }

std::optional<Money> reservation_left(const CompiledScenario& s, const PaymentClause& m, core::SimTime t) {
  const auto& reservation = reservation_of(s, m);
  if (m.until >= core::kNever) return std::nullopt;  // no end, no sum
  std::vector<core::SimTime> dates{t};
  for (const auto& step : reservation.schedule)
    if (step.from > t && step.from < m.until) dates.push_back(step.from);
  dates.push_back(m.until);
  double usd = 0.0;
  for (std::size_t i = 0; i + 1 < dates.size(); ++i)
    usd += core::real(reserved_h100e(s, m, dates[i])) * std::max(0.0, core::in_hours(dates[i + 1] - dates[i])) *
           reservation.price_usd;
  return Money::from_usd(usd);
}

namespace {

/// What is free in the pools while reservations take their parts, one after the other.
struct FreeCapacity {
  double rho = 1.0;                                    ///< of a pool, interactive load may use at any hour
  Table<PoolId, std::int64_t> all, open;               ///< whole H100e
  Table<PoolId, Table<ChipId, std::int64_t>> by_chip;  ///< only where something is reserved

  FreeCapacity(const MarketView& view, bool reserved) : rho(view.parameters().clearing.rho_max) {
    for (const auto& pool : view.board.pools) {
      all.push_back(pool.available);
      open.push_back(open_part(pool.available));
      if (reserved) by_chip.push_back(pool.chip_h100e);
    }
  }
  [[nodiscard]] std::int64_t open_part(std::int64_t h100e) const {
    return rho < 1.0 ? core::whole(std::floor(core::real(h100e) * rho), "the open part of a pool, in H100e,") : h100e;
  }
  [[nodiscard]] std::int64_t room(PoolId pool, ChipId chip) const {
    return chip.exists() ? std::min(all[pool], by_chip[pool][chip]) : all[pool];
  }
  void take(PoolId pool, ChipId chip, std::int64_t h100e) {
    all[pool] -= h100e;
    open[pool] -= open_part(h100e);
    if (chip.exists()) by_chip[pool][chip] -= h100e;
  }
};

using TakenByPool = Table<PoolId, std::int64_t>;

/// Takes a reservation's part of its host's pools, by what is free there.
ReservationUse reserve(const CompiledScenario& s, PaymentClauseId clause, core::SimTime t, FreeCapacity& free,
                       TakenByPool& taken) {
  const auto& m = s.money[clause];
  const ChipId chip = reserved_chip(s, m);
  const auto pools = pools_for(s, m);
  std::vector<std::int64_t> room;
  std::int64_t total = 0;
  for (const PoolId pool : pools) {
    room.push_back(free.room(pool, chip));
    total += room.back();
  }
  ReservationUse use;
  use.clause = clause;
  use.asked = reserved_h100e(s, m, t);
  use.delivered = std::min(use.asked, total);
  const auto parts = split_whole(use.delivered, room);
  for (std::size_t i = 0; i < pools.size(); ++i) {
    taken[pools[i]] = parts[i];
    free.take(pools[i], chip, parts[i]);
  }
  return use;
}

/// Takes what another cloud leases out of the lessor's pools, by what is free there.
LeaseUse lend(const CompiledScenario& s, const LeasePair& pair, FreeCapacity& free, TakenByPool& taken) {
  const auto& pools = s.pools_of_cloud[pair.lessor];
  std::vector<std::int64_t> room;
  std::int64_t total = 0;
  for (const PoolId pool : pools) {
    room.push_back(free.room(pool, {}));
    total += room.back();
  }
  LeaseUse use;
  use.agreed = pair.h100e;
  use.delivered = std::min(pair.h100e, total);
  const auto parts = split_whole(use.delivered, room);
  for (std::size_t i = 0; i < pools.size(); ++i) {
    taken[pools[i]] = parts[i];
    free.take(pools[i], {}, parts[i]);
  }
  return use;
}

}  // namespace

Capacity set_capacities(const MarketView& view, core::SimTime t, DemandTable& table) {
  const auto& s = view.compiled();
  FreeCapacity free(view, !table.reservations.empty());
  Capacity capacity;
  capacity.open = free.open;
  Table<ReservationId, TakenByPool> taken(table.reservations.size(), TakenByPool(s.pools.size(), 0));
  for (const ReservationId r : table.reservations.ids())
    capacity.reservations.push_back(reserve(s, table.reservations[r], t, free, taken[r]));
  Table<LeasePairId, TakenByPool> lent(table.leased.size(), TakenByPool(s.pools.size(), 0));
  for (const LeasePairId l : table.leased.ids()) capacity.leases.push_back(lend(s, table.leased[l], free, lent[l]));
  for (const NodeId node : table.nodes()) {
    const PoolId pool = table.pool_of_node[node];
    if (!pool.exists()) {
      table.network.pools[node].capacity = 0;
      continue;
    }
    const ReservationId r = table.reservation_of_node[node];
    const std::int64_t all = r.exists() ? taken[r][pool] : free.all[pool];
    const std::int64_t open = r.exists() ? free.open_part(all) : std::min(free.open[pool], all);
    table.network.pools[node].capacity = table.node_is_open[node] ? open : all - open;
  }
  for (LentPart& part : table.lent) {
    const std::int64_t all = lent[part.pair][part.pool], open = free.open_part(all);
    part.h100e = table.node_is_open[part.node] ? open : all - open;
    table.network.pools[part.node].capacity += part.h100e;
  }
  return capacity;
}

namespace {

/// Demand of the classes that owe a least share to primary host i.
struct OwedDemand {
  std::int64_t all = 0, only_there = 0;  ///< whole H100e; only_there: it may be served nowhere else
  Table<ClassId, std::int64_t> movable;  ///< what can prefer the host
  std::int64_t most = 0;                 ///< sum of movable
};

OwedDemand owed_demand(const CompiledScenario& s, const Load& load, const DemandTable& table, PrimaryId i) {
  const auto& m = s.money[table.primaries[i]];
  OwedDemand owed;
  owed.movable.assign(load.classes.size(), 0);
  for (const ClassId k : load.classes.ids()) {
    const auto& c = table.classes[k];
    if (!owes(s, m, c)) continue;
    const std::int64_t demand = load.classes[k].demand;
    owed.all += demand;
    if (c.hosts == HostSet::only(m.host)) owed.only_there += demand;
    if (table.preferring[k].exists() && table.primary_of_class[k] == i) owed.movable[k] = demand;
  }
  for (const auto volume : owed.movable) owed.most += volume;
  return owed;
}

}  // namespace

void set_demands(const CompiledScenario& s, const Load& load, DemandTable& table) {
  auto& classes = table.network.classes;
  for (const ClassId k : load.classes.ids()) classes[table.free_part[k]].demand = load.classes[k].demand;
  for (const PrimaryId i : table.primaries.ids()) {
    const double share = primary_terms(s, s.money[table.primaries[i]]).min_share;
    if (share <= 0) continue;
    const OwedDemand owed = owed_demand(s, load, table, i);
    const std::int64_t to_move =
        core::whole(std::ceil(core::real(owed.all) * share - 1e-6), "a least share, in H100e,") - owed.only_there;
    const auto parts = split_whole(std::clamp<std::int64_t>(to_move, 0, owed.most), owed.movable);
    for (const ClassId k : load.classes.ids()) {
      if (table.primary_of_class[k] != i) continue;
      classes[table.free_part[k]].demand -= parts[k];
      classes[table.preferring[k]].demand = parts[k];
    }
  }
}

namespace {

/// Does the arc carry the part of a class that prefers its primary host to that host?
bool to_preferred_host(const CompiledScenario& s, const DemandTable& table, const FlowArc& arc) {
  const ClassId k = table.demand_class(arc);
  const bool prefers = table.preferring[k] == arc.demand_class;
  return prefers && s.money[table.primaries[table.primary_of_class[k]]].host == table.host(arc);
}

/// Does the arc carry a lab's own work to capacity that it reserved?
bool to_own_reservation(const CompiledScenario& s, const DemandTable& table, const FlowArc& arc) {
  const ReservationId r = table.reservation(arc);
  return r.exists() && may_use(s.money[table.reservations[r]], table.classes[table.demand_class(arc)]);
}

/// By class: the primary clause that prefers its host by weight, or none.
Table<ClassId, PrimaryId> weighted_primaries(const CompiledScenario& s, const DemandTable& table) {
  Table<ClassId, PrimaryId> primaries;
  for (const auto& c : table.classes) primaries.push_back(primary_of(s, table, c, false));
  return primaries;
}

/// `free`: probability that a dollar more is free. What the customer's share of the supplier adds is a risk of
/// delivery, which a commitment does not take away.
Money serving_cost(const ArcTerms& terms, double price_index, double free) {
  const double charged = price_index * terms.charged * (1.0 - free) + price_index * terms.surcharge;
  return scaled(terms.serving_cost, charged, "a serving cost, in $,") + terms.latency;
}

/// A least share at a primary host outweighs any saving on serving cost, but no penalty: it leaves no load unserved.
/// A lab uses its reserved capacity before any other class, even if other load is left unserved.
void find_preferences(DemandTable& table) {
  if (table.reservations.empty() && table.primaries.empty()) return;
  Money largest, penalty;
  for (const ArcTerms& terms : table.arc_terms)
    largest = std::max(largest, serving_cost(terms, table.priced_at[terms.host], 0.0));
  for (const auto& c : table.network.classes) penalty = std::max(penalty, Money{c.unserved_penalty});
  table.preference = largest + Money{1};
  table.first_call = penalty + 3 * table.preference;
}

void set_cost(DemandTable& table, ArcId a) {
  const ArcTerms& terms = table.arc_terms[a];
  const double free = terms.commitment.exists() ? table.committed[terms.commitment].free : 0.0;
  Money cost = serving_cost(terms, table.priced_at[terms.host], free);
  if (terms.preferred) cost -= table.preference;
  if (terms.own) cost -= table.first_call;
  table.network.arcs[a].cost = cost.tenthousandths();
}

/// Have price indices moved since the costs were set? Keeps the new ones.
bool repriced(const Table<CloudId, CloudSignal>& clouds, Table<CloudId, double>& priced_at) {
  const auto same = [](const CloudSignal& now, double before) { return now.price_index == before; };
  if (std::equal(clouds.begin(), clouds.end(), priced_at.begin(), priced_at.end(), same)) return false;
  priced_at.clear();
  for (const auto& cloud : clouds) priced_at.push_back(cloud.price_index);
  return true;
}

}  // namespace

void find_arc_terms(const CompiledScenario& s, DemandTable& table) {
  const Money latency = Money::from_usd(s.parameters.clearing.latency_usd, "clearing.latency, in $,");
  const auto weighted = weighted_primaries(s, table);
  for (const ArcId a : table.arcs()) {
    const FlowArc& arc = table.network.arcs[a];
    const ClassId k = table.demand_class(arc);
    const auto& c = table.classes[k];
    const RegionId region = table.region_of_node[DemandTable::node(arc)];
    ArcTerms terms;
    terms.host = table.host(arc);
    terms.serving_cost =
        c.lab.exists() ? s.serving_cost(c.lab, terms.host) : Money::from_usd(s.parameters.clouds[terms.host].price_usd);
    if (const PrimaryId i = weighted[k]; i.exists())
      if (const auto& m = s.money[table.primaries[i]]; m.host == terms.host)
        terms.charged = 1.0 - primary_terms(s, m).weight;
    if (c.region.exists() && c.region != region) terms.latency = latency;
    terms.preferred = to_preferred_host(s, table, arc);
    terms.own = to_own_reservation(s, table, arc);
    table.arc_terms.push_back(terms);
  }
  for (const ArcStack& stack : table.stacks)
    for (int step = 1; step < stack.steps; ++step)
      table.arc_terms[ArcId(stack.first.number() + step)].surcharge = spread_surcharge(s.parameters.hosting, step);
}

void set_costs(const MarketView& view, DemandTable& table) {
  const bool all = repriced(view.board.clouds, table.priced_at);
  if (all) {
    find_preferences(table);
    for (const ArcId a : table.arcs()) set_cost(table, a);
  }
  for (auto& pair : table.committed) {
    if (!all && pair.free != pair.costed)
      for (const ArcId a : pair.arcs) set_cost(table, a);
    pair.costed = pair.free;
  }
}

Table<PrimaryId, PrimaryShare> primary_shares(const CompiledScenario& s, const DemandTable& table,
                                              const Allocation& allocation) {
  Table<PrimaryId, PrimaryShare> shares;
  for (const PaymentClauseId clause : table.primaries) {
    const auto& m = s.money[clause];
    PrimaryShare share;
    share.clause = clause;
    for (const ClassId k : table.classes.ids()) {
      if (!owes(s, m, table.classes[k])) continue;
      share.served += allocation.classes[k].served;
      share.at_host += allocation.by_host(k, m.host);
    }
    const auto least = core::whole(std::ceil(core::real(share.served) * primary_terms(s, m).min_share - 1e-6),
                                   "a least share, in H100e,");
    share.missing = std::max<std::int64_t>(0, least - share.at_host);
    shares.push_back(share);
  }
  return shares;
}

}  // namespace rackrate::market
