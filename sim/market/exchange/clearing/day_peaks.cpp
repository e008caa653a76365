#include "sim/market/exchange/clearing/day_peaks.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/clearing/clear.hpp"
#include "sim/market/exchange/clearing/load.hpp"
#include "sim/market/exchange/whole_parts.hpp"
#include "sim/market/primitives/day_profile.hpp"

namespace rackrate::market {

bool has_peaks(const ClearingParameters& clearing) {
  return std::any_of(clearing.swing.begin(), clearing.swing.end(), [](double swing) { return swing > 0; });
}

void find_peak_groups(DemandTable& table) {
  Table<ClassId, std::vector<NodeId>> open(table.classes.size());
  for (const FlowArc& arc : table.network.arcs) {
    const ClassId k = table.demand_class(arc);
    if (table.classes[k].tier != Tier::Interactive || table.free_part[k] != arc.demand_class) continue;
    if (open[k].empty() || open[k].back() != arc.pool) open[k].push_back(arc.pool);
  }
  std::map<std::vector<NodeId>, std::size_t> group_of;
  for (const ClassId k : open.ids()) {
    if (open[k].empty()) continue;
    const auto [found, fresh] = group_of.try_emplace(open[k], table.peak_groups.size());
    if (fresh) table.peak_groups.push_back({{}, open[k]});
    table.peak_groups[found->second].classes.push_back(k);
  }
}

namespace {

double capacity_of(const DemandTable& table, NodeId node) { return core::real(table.network.pools[node].capacity); }

/// The loads of the groups on the parts that they may use.
class Loads {
 public:
  Loads(const DemandTable& table, const std::vector<double>& wanted)
      : table_(table), wanted_(wanted), on_(table.network.pools.size(), 0.0) {
    for (std::size_t g = 0; g < wanted.size(); ++g) {
      const auto& nodes = table.peak_groups[g].nodes;
      double room = 0.0;
      for (const NodeId node : nodes) room += capacity_of(table, node);
      parts_.emplace_back(nodes.size(), 0.0);
      if (room <= 0) continue;
      for (std::size_t i = 0; i < nodes.size(); ++i) put(g, i, wanted[g] * capacity_of(table, nodes[i]) / room);
    }
  }

  /// Would a part be full at some hour, where loads swing by at most `swing`?
  [[nodiscard]] bool tight(double swing) const {
    for (const NodeId node : on_.ids())
      if (on_[node] * (1.0 + swing) > capacity_of(table_, node)) return true;
    return false;
  }

  /// Lays group by group anew, as evenly as the others allow, until nothing moves: the sum over the parts of any convex
  /// function of the pressure falls with each step.
  void even_out() {
    constexpr int kMostRounds = 50;
    constexpr double kStill = 1e-6;
    for (int round = 0; round < kMostRounds; ++round) {
      double moved = 0.0, all = 0.0;
      for (std::size_t g = 0; g < wanted_.size(); ++g) {
        moved += lay_anew(g);
        all += wanted_[g];
      }
      if (moved <= kStill * all) return;
    }
  }

  [[nodiscard]] const Table<NodeId, double>& on() const { return on_; }
  /// Of the loads on each part, the mean of what is given by group.
  [[nodiscard]] Table<NodeId, double> mean(const std::vector<double>& of_group) const {
    Table<NodeId, double> sum(on_.size(), 0.0);
    for (std::size_t g = 0; g < wanted_.size(); ++g)
      for (std::size_t i = 0; i < parts_[g].size(); ++i)
        sum[table_.peak_groups[g].nodes[i]] += parts_[g][i] * of_group[g];
    for (const NodeId node : sum.ids())
      if (on_[node] > 0) sum[node] /= on_[node];
    return sum;
  }

 private:
  void put(std::size_t group, std::size_t i, double h100e) {
    on_[table_.peak_groups[group].nodes[i]] += h100e - parts_[group][i];
    parts_[group][i] = h100e;
  }

  /// The pressure to which the group fills what others leave of its parts: water in a vessel.
  [[nodiscard]] double level(std::size_t group) const {
    struct Part {
      double others, capacity;
    };
    const auto& nodes = table_.peak_groups[group].nodes;
    std::vector<Part> parts;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (const double capacity = capacity_of(table_, nodes[i]); capacity > 0)
        parts.push_back({std::max(0.0, on_[nodes[i]] - parts_[group][i]), capacity});
    std::sort(parts.begin(), parts.end(),
              [](const Part& a, const Part& b) { return a.others * b.capacity < b.others * a.capacity; });
    double others = 0.0, capacity = 0.0, level = 0.0;
    for (const Part& part : parts) {
      if (capacity > 0 && level * part.capacity <= part.others) break;
      others += part.others;
      capacity += part.capacity;
      level = (wanted_[group] + others) / capacity;
    }
    return level;
  }

  double lay_anew(std::size_t group) {
    if (wanted_[group] <= 0) return 0.0;
    const auto& nodes = table_.peak_groups[group].nodes;
    const double upto = level(group);
    double moved = 0.0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const double others = std::max(0.0, on_[nodes[i]] - parts_[group][i]);
      const double part = std::max(0.0, upto * capacity_of(table_, nodes[i]) - others);
      moved += std::abs(part - parts_[group][i]);
      put(group, i, part);
    }
    return moved;
  }

  const DemandTable& table_;
  const std::vector<double>& wanted_;
  std::vector<std::vector<double>> parts_;  ///< by group and place among its nodes
  Table<NodeId, double> on_;
};

}  // namespace

Pressure pressure(const DemandTable& table, const std::vector<double>& wanted, const std::vector<double>& swing) {
  Loads loads(table, wanted);
  if (!swing.empty() && loads.tight(*std::max_element(swing.begin(), swing.end()))) loads.even_out();
  return {loads.on(), loads.mean(swing)};
}

namespace {

/// Share by which the class's load swings: the mean of its products.
double swing_of(const ClearingParameters& clearing, const ClassLoad& load) {
  double all = 0.0, swinging = 0.0;
  for (const Product product : ByProduct<double>::keys()) {
    all += core::real(load.load[product]);
    swinging += core::real(load.load[product]) * clearing.swing[product];
  }
  return all > 0 ? swinging / all : 0.0;
}

}  // namespace

namespace {

/// Takes from interactive load what it can use of an open part on average only; the rest stands behind the open part.
void withhold(DemandTable& table, NodeId open, std::int64_t h100e) {
  const NodeId rest(open.number() + 1);
  table.network.pools[open].capacity -= h100e;
  table.network.pools[rest].capacity += h100e;
  if (!table.is_leased(open)) return;
  std::vector<LentPartId> from, to;  // of the same pools
  std::vector<std::int64_t> sizes;
  for (const LentPartId i : table.lent.ids()) {
    if (table.lent[i].node == open) from.push_back(i);
    if (table.lent[i].node == open) sizes.push_back(table.lent[i].h100e);
    if (table.lent[i].node == rest) to.push_back(i);
  }
  const auto parts = split_whole(h100e, sizes);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    table.lent[from[i]].h100e -= parts[i];
    table.lent[to[i]].h100e += parts[i];
  }
}

}  // namespace

Table<NodeId, std::int64_t> limit_peaks(const CompiledScenario& s, const Load& load, DemandTable& table) {
  Table<NodeId, std::int64_t> withheld;
  if (table.peak_groups.empty()) return withheld;
  std::vector<double> wanted, swing;
  for (const PeakGroup& group : table.peak_groups) {
    double all = 0.0, swinging = 0.0;
    for (const ClassId k : group.classes) {
      const double demand = core::real(load.classes[k].demand);
      if (demand <= 0) continue;
      all += demand;
      swinging += demand * swing_of(s.parameters.clearing, load.classes[k]);
    }
    wanted.push_back(all);
    swing.push_back(all > 0 ? swinging / all : 0.0);
  }
  const Pressure on = pressure(table, wanted, swing);
  withheld.assign(table.network.pools.size(), 0);
  for (const NodeId node : table.nodes()) {
    const std::int64_t most = table.network.pools[node].capacity;
    if (table.node_is_open[node] == 0 || most == 0 || on.load[node] <= 0) continue;
    const double least = 1.0 / (1.0 + on.swing[node]);
    const double share = served_over_day(std::max(on.load[node] / core::real(most), least), on.swing[node]);
    const std::int64_t mean = core::whole(std::floor(core::real(most) * share + 1e-6), "the open part of a pool,");
    withheld[node] = most - mean;
    withhold(table, node, most - mean);
  }
  return withheld;
}

namespace {

/// The pool that turns load away: where it is leased, the lessee's in that region, or its first.
PoolId turns_away(const CompiledScenario& s, const DemandTable& table, NodeId node) {
  if (!table.is_leased(node)) return table.pool_of_node[node];
  const auto& own = s.pools_of_cloud[table.host_of_node[node]];
  for (const PoolId pool : own)
    if (s.pools[pool].region == table.region_of_node[node]) return pool;
  return own.empty() ? PoolId() : own.front();
}

}  // namespace

Table<PoolId, std::int64_t> lost_at_peaks(const CompiledScenario& s, const DemandTable& table, const Load& load,
                                          const Table<ClassId, ClassService>& got,
                                          const Table<NodeId, std::int64_t>& withheld) {
  Table<PoolId, std::int64_t> lost(s.pools.size(), 0);
  if (withheld.empty()) return lost;
  Table<NodeId, std::int64_t> room = withheld;
  for (const PeakGroup& group : table.peak_groups)
    for (const ClassId k : group.classes) {
      std::int64_t left = load.classes[k].demand - got[k].served;
      for (std::size_t i = 0; left > 0 && i < group.nodes.size(); ++i) {
        const std::int64_t fits = std::min(left, room[group.nodes[i]]);
        room[group.nodes[i]] -= fits;
        left -= fits;
        if (const PoolId pool = turns_away(s, table, group.nodes[i]); pool.exists()) lost[pool] += fits;
      }
    }
  return lost;
}

void count_peaks(const CompiledScenario& s, const Interval& interval, const Table<PoolId, std::int64_t>& lost,
                 PeakMonth& month) {
  if (!has_peaks(s.parameters.clearing)) return;
  month.lost.resize(s.parameters.clouds.size());
  month.before.resize(s.parameters.clouds.size());
  for (const PoolId pool : lost.ids()) month.lost[s.pools[pool].cloud] += core::real(lost[pool]) * interval.hours();
  month.hours += interval.hours();
}

void end_peak_month(const CompiledScenario& s, core::SimTime t, PeakMonth& month, std::vector<Notice>& notices) {
  for (const CloudId c : month.lost.ids()) {
    const bool turns_away = month.lost[c] >= month.hours;  // one H100e on average
    const auto h100e = core::whole(month.lost[c] / std::max(month.hours, 1.0), "load turned away, in H100e,");
    if (turns_away != (month.before[c] != 0))
      notices.push_back({t, "peak", s.parameters.clouds[c].name,
                         turns_away ? "begins to turn interactive load away at the peaks of the day: " +
                                          std::to_string(h100e) + " H100e on average in the month"
                                    : "turns no more interactive load away at the peaks of the day"});
    month.before[c] = turns_away ? 1 : 0;
    month.lost[c] = 0.0;
  }
  month.hours = 0.0;
}

}  // namespace rackrate::market
