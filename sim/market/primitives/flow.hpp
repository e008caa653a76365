#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace rackrate::market {

__extension__ using Int128 = __int128;

inline constexpr std::int64_t kUncapped = std::numeric_limits<std::int64_t>::max();

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
  std::uint64_t key = 0;              ///< name hash; breaks ties
  std::int32_t demand_class = 0;      ///< index into FlowNetwork::classes
  std::int32_t pool = 0;              ///< index into FlowNetwork::pools
  std::int64_t cost = 0;              ///< 1e-4 $ per H100e, may be negative
  std::int64_t capacity = kUncapped;  ///< H100e
};

struct FlowNetwork {
  std::vector<FlowClass> classes;
  std::vector<FlowPool> pools;
  std::vector<FlowArc> arcs;
};

struct FlowSolution {
  std::vector<std::int64_t> flow;      ///< flow[a] answers arcs[a]
  std::vector<std::int64_t> unserved;  ///< by class
  std::vector<std::int64_t> slack;     ///< by pool: idle capacity
  std::vector<std::int64_t> rent;      ///< by pool: what one more unit of capacity would save, 1e-4 $ per H100e
  Int128 cost = 0;                     ///< 1e-4 $; arcs and penalties
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
  [[nodiscard]] FlowSolution solve(const FlowNetwork& network);
  /// The same into a solution whose storage is used again.
  void solve(const FlowNetwork& network, FlowSolution& solution);

 private:
  using Length = Int128;
  struct Shift {
    Length length;
    std::int32_t demand_class;
  };  ///< the cheapest move out of a pool into another
  struct Step {
    std::int32_t demand_class, from, to;
  };

  void check(const FlowNetwork& network);
  void load(const FlowNetwork& network);
  void insert(std::int32_t demand_class);
  void refresh_prices();
  void rebuild_row(std::int32_t pool);
  void offer(std::int32_t demand_class, std::int32_t from, std::int32_t to);
  void change(std::int32_t demand_class, std::int32_t pool, std::int64_t by);
  void rents(FlowSolution& solution);

  [[nodiscard]] std::size_t cell(std::int32_t i, std::int32_t j) const {
    return static_cast<std::size_t>(i) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(j);
  }
  [[nodiscard]] Shift& shift(std::int32_t from, std::int32_t to) {
    return shifts_[static_cast<std::size_t>(from) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(to)];
  }

  std::int32_t classes_ = 0;
  std::int32_t pools_ = 0;  ///< the pool with index pools_ is "unserved": no limit, price zero
  std::int32_t width_ = 0;  ///< pools_ + 1
  std::vector<std::int32_t> class_order_, pool_order_, class_rank_, pool_rank_;  ///< canonical (key) order
  std::vector<Length> length_;                                                   ///< [class, pool] cost and hash
  std::vector<std::int64_t> room_;    ///< [class, pool] what the arc can still take; 0 where there is none
  std::vector<std::int64_t> flow_;    ///< [class, pool]
  std::vector<std::int64_t> slack_;   ///< by pool
  std::vector<std::int64_t> demand_;  ///< by class
  std::vector<Length> price_;         ///< by pool: length of the shortest way from it to slack
  std::vector<std::int32_t> next_;    ///< by pool: where that way goes first
  std::vector<Shift> shifts_;         ///< [from, to]
  std::vector<char> stale_;           ///< by pool: its row of shifts must be rebuilt
  std::vector<Length> label_;
  std::vector<std::int32_t> open_;  ///< pools whose way to slack is not settled yet, in order
  std::vector<Step> route_;
  std::vector<std::uint64_t> seen_;
  bool broken_ = false;  ///< a step of some shortest way is exhausted
};

/// One-off solution.
[[nodiscard]] FlowSolution solve_flow(const FlowNetwork& network);

/// The Lagrangian bound at given pool prices: each class takes its cheapest arcs, capacity is paid for.
/// Never above the optimal cost; equal to it at the rents of a solution (strong duality), which makes it the
/// independent test of optimality that a debug run applies after each clearing.
/// Units: 1e-4 $.
[[nodiscard]] Int128 flow_dual_bound(const FlowNetwork& network, std::span<const std::int64_t> prices);

/// Penalties that make priority strict: penalties[t] for tier t, tier 0 served first.
///
/// Steps between tiers exceed what any re-routing could save: a displacement visits each pool at most
/// once and each visit changes the cost by at most twice the largest arc cost.
///
/// Units:   1e-4 $ per H100e.
/// Throws:  std::invalid_argument if tiers or pools is not positive or a penalty would reach 2^44.
/// Source:  MODEL 9.1; check E1c.
[[nodiscard]] std::vector<std::int64_t> tier_penalties(int tiers, int pools, std::int64_t largest_arc_cost);

}  // namespace rackrate::market
