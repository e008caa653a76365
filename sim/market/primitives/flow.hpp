#pragma once
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/core/index.hpp"

namespace rackrate::market {

__extension__ using Int128 = __int128;

inline constexpr std::int64_t kUncapped = std::numeric_limits<std::int64_t>::max();

/// Positions in the lists of a network.
using FlowClassId = core::Index<struct FlowClassTag>;
using FlowPoolId = core::Index<struct FlowPoolTag>;
using FlowArcId = core::Index<struct FlowArcTag>;

/// Demand that wants capacity; what no pool serves is unserved at the penalty.
struct FlowClass {
  std::uint64_t key = 0;              ///< name hash; breaks ties, unique among classes
  std::int64_t demand = 0;            ///< H100e
  std::int64_t unserved_penalty = 0;  ///< 1e-4 $ per H100e
};

struct FlowPool {
  std::uint64_t key = 0;      ///< name hash, unique among pools
  std::int64_t capacity = 0;  ///< H100e
};

/// At most one arc joins a class and a pool.
struct FlowArc {
  std::uint64_t key = 0;  ///< name hash; breaks ties
  FlowClassId demand_class;
  FlowPoolId pool;
  std::int64_t cost = 0;              ///< 1e-4 $ per H100e, may be negative
  std::int64_t capacity = kUncapped;  ///< H100e
};

struct FlowNetwork {
  core::Table<FlowClassId, FlowClass> classes;
  core::Table<FlowPoolId, FlowPool> pools;
  core::Table<FlowArcId, FlowArc> arcs;
};

struct FlowSolution {
  core::Table<FlowArcId, std::int64_t> flow;
  core::Table<FlowClassId, std::int64_t> unserved;
  core::Table<FlowPoolId, std::int64_t> slack;  ///< idle capacity
  core::Table<FlowPoolId, std::int64_t> rent;   ///< what one more unit of capacity would save, 1e-4 $ per H100e
  Int128 cost = 0;                              ///< 1e-4 $; arcs and penalties
  friend bool operator==(const FlowSolution&, const FlowSolution&) = default;
};

/// Allocates capacity to demand at least cost; keeps its workspace, so steady use allocates nothing.
///
/// All demand is assigned, to a pool or to "unserved". Among equal costs the flow with the least
/// sum of hash(key) x flow wins, so the optimum is one flow and not a face: it cannot depend on the
/// order of classes, pools and arcs, on threads, or on what this solver solved before. Both
/// objectives are minimised at once, as path lengths in an ordered group (cost in the upper, the
/// 60-bit hash in the lower bits of 128), which is exact where a perturbed 64-bit cost would overrun.
/// A tie survives only if hashes around a cycle cancel, about once in 2^60 cycles; then key order decides.
///
/// A rent is the right derivative of the optimal cost in the pool's capacity: a function of the
/// network, not of the path to the solution (the prices of a degenerate optimum are not unique).
///
/// Units:   H100e and 1e-4 $ per H100e, integers.
/// Throws:  std::invalid_argument on a negative demand, capacity or arc capacity, an index out of
///          range, a repeated class or pool key, two arcs between one class and one pool, |cost| >= 2^44, or more than
///          1000 pools.
/// Order:   permuting classes, pools or arcs permutes the answer and changes nothing else.
/// Source:  successive shortest paths with node potentials (Ahuja, Magnanti, Orlin 1993, ch. 9), run on
///          the graph of pools, where a step from pool j to k is the cheapest move of some class.
/// Cost:    O(classes x pools + saturations x pools^2); 200 classes, 18 pools and 2500 arcs in well under 1 ms.
class FlowSolver {
 public:
  /// Solves into a solution whose storage is used again. A debug build checks the optimum against its dual bound.
  void solve(const FlowNetwork& network, FlowSolution& solution);

 private:
  // Classes and pools in the order of their keys; behind the pools comes the node "unserved": no limit, price zero.
  using Row = core::Index<struct FlowRowTag>;
  using Node = core::Index<struct FlowNodeTag>;
  using Length = Int128;
  struct Shift {
    Length length;
    Row mover;
  };  ///< the cheapest move out of a pool into another
  struct Step {
    Row mover;
    Node from, to;
  };

  void load(const FlowNetwork& network);
  void rank_classes(const FlowNetwork& network);
  void rank_pools(const FlowNetwork& network);
  void clear_workspace();
  void load_arcs(const FlowNetwork& network);
  void insert(Row i);
  [[nodiscard]] Node cheapest_entry(Row i) const;
  void refresh_prices();
  [[nodiscard]] Node open_all();
  [[nodiscard]] Node settle(Node nearest);
  void rebuild_row(Node from);
  void rebuild_stale_rows();
  void offer(Row i, Node from, Node to);
  void change(Row i, Node pool, std::int64_t by);
  void open_moves(Row i, Node pool, std::int64_t flow_before, std::int64_t room_before);
  void close_move(Row i, Node from, Node to);
  void move_along(Row i, Node first, Node last, std::int64_t amount);
  void answer(const FlowNetwork& network, FlowSolution& solution) const;
  void rents(FlowSolution& solution);

  [[nodiscard]] auto rows() const { return class_order_.ids(); }
  [[nodiscard]] auto pools() const { return pool_order_.ids(); }
  [[nodiscard]] auto nodes() const { return slack_.ids(); }

  Node unserved_;
  core::Table<Row, FlowClassId> class_order_;
  core::Table<Node, FlowPoolId> pool_order_;
  core::Table<FlowClassId, Row> class_rank_;
  core::Table<FlowPoolId, Node> pool_rank_;
  core::Grid<Row, Node, Length> length_;      ///< cost and hash
  core::Grid<Row, Node, std::int64_t> room_;  ///< what the arc can still take; 0 where there is none
  core::Grid<Row, Node, std::int64_t> flow_;
  core::Table<Node, std::int64_t> slack_;
  core::Table<Row, std::int64_t> demand_;
  core::Table<Node, Length> price_;       ///< length of the shortest way from it to slack
  core::Table<Node, Node> next_;          ///< where that way goes first
  core::Grid<Node, Node, Shift> shifts_;  ///< [from, to]
  core::Table<Node, char> stale_;         ///< its row of shifts must be rebuilt
  core::Table<Node, Length> label_;
  std::vector<Node> open_;  ///< pools whose way to slack is not settled yet, in order
  std::vector<Step> route_;
  std::vector<std::uint64_t> seen_;
  bool broken_ = false;  ///< a step of some shortest way is exhausted
};

/// The Lagrangian bound at given pool prices: each class takes its cheapest arcs, capacity is paid for.
/// Never above the optimal cost; equal to it at the rents of a solution (strong duality), which makes it the
/// independent test of optimality that a debug build applies after each solution.
/// Units: 1e-4 $.
[[nodiscard]] Int128 flow_dual_bound(const FlowNetwork& network, const core::Table<FlowPoolId, std::int64_t>& prices);

}  // namespace rackrate::market
