#include "sim/market/exchange/clearing/chip_ports.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/training_runs.hpp"
#include "sim/market/exchange/terms/capacity_terms.hpp"

namespace rackrate::market {

bool needs_ports(const CompiledScenario& s, LabId lab) { return !s.parameters.labs[lab].chips.empty(); }

bool trains_on_fewer(const CompiledScenario& s, LabId lab) {
  return std::any_of(s.parameters.labs[lab].chips.begin(), s.parameters.labs[lab].chips.end(),
                     [](const ChipPort& port) { return port.training_least > 0; });
}

namespace {

/// Share of what runs in a pool that is of kinds usable at t.
template <class UsableFrom>
double share_of_kinds(const Table<ChipId, std::int64_t>& chips, core::SimTime t, UsableFrom usable_from) {
  std::int64_t all = 0, usable = 0;
  for (const ChipId chip : chips.ids()) {
    all += chips[chip];
    if (usable_from(chip) <= t) usable += chips[chip];
  }
  return all > 0 ? core::real(usable) / core::real(all) : 1.0;
}

}  // namespace

double ported_share(const MarketView& view, LabId lab, PoolId pool, core::SimTime t) {
  const auto& s = view.compiled();
  return share_of_kinds(view.board.pools[pool].chip_h100e, t,
                        [&](ChipId chip) { return s.runs_on_from(lab, s.chip_vendor[chip]); });
}

double training_share(const MarketView& view, LabId lab, PoolId pool, core::SimTime t) {
  return share_of_kinds(view.board.pools[pool].chip_h100e, t,
                        [&](ChipId chip) { return view.compiled().trains_on_from(lab, chip); });
}

void find_ported_parts(const CompiledScenario& s, DemandTable& table) {
  std::map<std::tuple<LabId, NodeId, bool>, std::size_t> place;
  const auto add = [&](LabId lab, bool training, std::size_t stack) {
    const NodeId node = table.network.arcs[table.stacks[stack].first].pool;
    const auto [found, fresh] = place.try_emplace({lab, node, training}, table.ported_parts.size());
    if (fresh) table.ported_parts.push_back({lab, node, training, {}});
    table.ported_parts[found->second].stacks.push_back(stack);
  };
  for (std::size_t i = 0; i < table.stacks.size(); ++i) {
    const auto& c = table.classes[table.class_of_part[table.stacks[i].part]];
    if (!c.lab.exists() || !needs_ports(s, c.lab)) continue;
    // What training is refused for its chips the other work of the lab may have: its limit comes first.
    if (c.tier == Tier::Training && trains_on_fewer(s, c.lab)) add(c.lab, true, i);
  }
  for (std::size_t i = 0; i < table.stacks.size(); ++i) {
    const LabId lab = table.classes[table.class_of_part[table.stacks[i].part]].lab;
    if (lab.exists() && needs_ports(s, lab)) add(lab, false, i);
  }
}

namespace {

/// Shares of pools that are known already; below 0: not yet.
struct KnownShares {
  Grid<LabId, PoolId, double> all, training;
};

/// Of reserved chips of one kind all or nothing, else the pool's share.
double ported_share_of(const MarketView& view, const DemandTable& table, const PortedPart& part, KnownShares& known,
                       core::SimTime t) {
  const auto& s = view.compiled();
  if (const ReservationId r = table.reservation_of_node[part.node]; r.exists())
    if (const ChipId chip = reserved_chip(s, s.money[table.reservations[r]]); chip.exists()) {
      const core::SimTime from =
          part.training ? s.trains_on_from(part.lab, chip) : s.runs_on_from(part.lab, s.chip_vendor[chip]);
      return from <= t ? 1.0 : 0.0;
    }
  const auto of_pool = [&](PoolId pool) {
    double& share = (part.training ? known.training : known.all)(part.lab, pool);
    if (share < 0)
      share = part.training ? training_share(view, part.lab, pool, t) : ported_share(view, part.lab, pool, t);
    return share;
  };
  if (!table.is_leased(part.node)) return of_pool(table.pool_of_node[part.node]);
  double all = 0.0, ported = 0.0;
  for (const LentPart& lent : table.lent) {
    if (lent.node != part.node) continue;
    all += core::real(lent.h100e);
    ported += core::real(lent.h100e) * of_pool(lent.pool);
  }
  return all > 0 ? ported / all : 1.0;
}

/// Of what a lab may use of a part of a pool, the least that is shared out by what its classes want, and not by what
/// they have: who may pay most is not kept out by who was there first.
constexpr double kSharedOut = 0.1;

/// What bears on the parts of pools: the demand of each class, laid over all parts that it may use by their capacity.
class Wanting {
 public:
  explicit Wanting(const DemandTable& table) : table_(table), room_(table.network.classes.size(), 0.0) {
    for (const ArcStack& stack : table.stacks) room_[stack.part] += capacity(table.at_nodes[stack.at].node);
  }
  [[nodiscard]] double at(const ArcStack& stack, NodeId node) const {
    const double room = room_[stack.part];
    return room > 0 ? core::real(table_.network.classes[stack.part].demand) * capacity(node) / room : 0.0;
  }

 private:
  [[nodiscard]] double capacity(NodeId node) const { return core::real(table_.network.pools[node].capacity); }
  const DemandTable& table_;
  Table<NetworkClassId, double> room_;
};

/// How long the work on a port takes, a day at least.
core::SimDuration port_work(const ChipPort& port) {
  const double days = port.months * core::kDaysPerYear / 12.0;
  return std::max(core::kDay, core::SimDuration{core::whole(days * 864e5, "the time of a port, in ms,")});
}

/// The steps of a stack carry `most` together at most.
void limit_stack(DemandTable& table, const ArcStack& stack, std::int64_t most) {
  for (int step = 0; step < stack.steps; ++step) {
    auto& arc = table.network.arcs[ArcId(stack.first.number() + step)];
    arc.capacity = std::min(arc.capacity, most);
    most -= arc.capacity;
  }
}

}  // namespace

void limit_to_ports(const MarketView& view, core::SimTime t, DemandTable& table) {
  if (table.ported_parts.empty()) return;
  const Wanting wanting(table);
  const Grid<LabId, PoolId, double> unknown(view.parameters().labs.size(), view.compiled().pools.size(), -1.0);
  KnownShares known{unknown, unknown};
  for (const PortedPart& part : table.ported_parts) {
    const double share = ported_share_of(view, table, part, known, t);
    if (share >= 1.0) continue;
    const double ported = std::floor(core::real(table.network.pools[part.node].capacity) * share + 1e-6);
    const double most = core::real(limit_runs(table, part, core::whole(ported, "a ported part, in H100e,")));
    double used = 0.0, wanted = 0.0;
    for (const std::size_t i : part.stacks) {
      if (table.is_run(table.stacks[i].part)) continue;
      used += core::real(table.at_nodes[table.stacks[i].at].served);
      wanted += wanting.at(table.stacks[i], part.node);
    }
    const double spare = std::max(most - used, most * kSharedOut);
    for (const std::size_t i : part.stacks) {
      const ArcStack& stack = table.stacks[i];
      if (table.is_run(stack.part)) continue;
      const double kept = used > 0 ? (most - spare) * core::real(table.at_nodes[stack.at].served) / used : 0.0;
      const double added = wanted > 0 ? spare * wanting.at(stack, part.node) / wanted : 0.0;
      limit_stack(table, stack, core::whole(std::floor(kept + added + 1e-6), "a ported part, in H100e,"));
    }
  }
}

void finished_ports(const CompiledScenario& s, const Interval& interval, std::vector<Notice>& notices) {
  for (const auto& lab : s.parameters.labs)
    for (const ChipPort& port : lab.chips)
      if (port.from >= interval.start && port.from < interval.end)
        notices.push_back({port.from, "port", lab.name, "runs on the chips of " + port.vendor});
}

Money port_spent(const ChipPort& port, core::SimTime t) {
  if (port.cost_usd <= 0 || port.from == core::kAlways) return {};
  const core::SimDuration work = port_work(port);
  const core::SimDuration done = std::clamp(t - (port.from - work), core::SimDuration{0}, work);
  return accrued(Money::from_usd(port.cost_usd, "the cost of a port, in $,"), done, work);
}

std::vector<PortFact> port_facts(const MarketView& view, core::SimTime t) {
  const auto& s = view.compiled();
  std::vector<PortFact> facts;
  for (const LabId lab : s.parameters.labs.ids())
    for (const CloudId host : s.hosts_of_lab[lab]) {
      double all = 0.0, ported = 0.0;
      for (const PoolId pool : s.pools_of_cloud[host]) {
        const double here = core::real(view.board.pools[pool].available);
        all += here;
        ported += here * ported_share(view, lab, pool, t);
      }
      if (all > 0) facts.push_back({lab, host, ported / all});
    }
  return facts;
}

}  // namespace rackrate::market
