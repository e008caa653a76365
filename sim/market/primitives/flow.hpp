#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
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
  std::int64_t unserved_penalty = 0;  ///< of a unit of demand
};

struct FlowPool {
  std::uint64_t key = 0;      ///< name hash, unique among pools
  std::int64_t capacity = 0;  ///< H100e
};

/// Several arcs may join a class and a pool: the steps of a price that rises with the flow.
struct FlowArc {
  std::uint64_t key = 0;  ///< name hash; breaks ties, unique among arcs
  FlowClassId demand_class;
  FlowPoolId pool;
  std::int64_t cost = 0;              ///< of a unit of flow, may be negative
  std::int64_t capacity = kUncapped;  ///< H100e
};

struct FlowNetwork {
  core::Table<FlowClassId, FlowClass> classes;
  core::Table<FlowPoolId, FlowPool> pools;
  core::Table<FlowArcId, FlowArc> arcs;
};

struct FlowSolution {
  core::Table<FlowArcId, std::int64_t> flow;
  std::vector<FlowArcId> used;  ///< arcs that carry something, ascending
  core::Table<FlowClassId, std::int64_t> unserved;
  core::Table<FlowPoolId, std::int64_t> slack;  ///< idle capacity
  core::Table<FlowPoolId, std::int64_t> rent;   ///< what one more unit of capacity would save
  Int128 cost = 0;                              ///< arcs and penalties
  friend bool operator==(const FlowSolution&, const FlowSolution&) = default;
};

/// Allocates capacity to demand at least cost, from the solution of the last network it saw.
///
/// All demand is assigned, to a pool or to "unserved". Among equal costs the flow with the least
/// sum of hash(key) x flow wins, so the optimum is one flow and not a face: it cannot depend on the
/// order of classes, pools and arcs, on threads, or on what this solver solved before. Both
/// objectives are minimised at once: a length is a pair (cost, hash) in lexicographic order, exact in integers.
/// A tie survives only if the 112-bit hashes around a cycle cancel. A debug build solves every network a second time
/// from nothing and compares.
///
/// A rent is the right derivative of the optimal cost in the pool's capacity: a function of the
/// network, not of the path to the solution (the prices of a degenerate optimum are not unique).
///
/// Units:   whole numbers of any unit of capacity and any of cost; the exchange counts H100e and units of Money.
/// Throws:  std::invalid_argument on a negative demand, capacity or arc capacity, an index out of
///          range, a repeated class, pool or arc key, |cost| >= 2^44, demands or capacities that sum to 2^52 or more,
///          more than 1000 pools, or more than 1000 arcs of one class. The solver then starts from nothing the next
///          time.
/// Order:   permuting classes, pools or arcs permutes the answer and changes nothing else.
/// Source:  network simplex with bounded flows (Ahuja, Magnanti, Orlin 1993, ch. 11): dual with long steps where sizes
///          changed (Maros 2003, "A generalized dual phase-2 simplex algorithm", EJOR 149, 1-16), primal where costs
///          did. Why: new demands and capacities leave a tree of cheapest links cheapest, new costs a flow that fits,
///          so that only what they overfill, or make too dear, is moved.
/// Cost:    without changes O(arcs) comparisons of bytes and O(classes + pools) sums; new costs O(arcs) more; a pivot
///          costs the links that cross its cut, the part of the tree that it moves, and the two ways between.
class FlowSolver {
 public:
  /// Solves into a solution whose storage is used again. A debug build checks the optimum against its dual bound.
  void solve(const FlowNetwork& network, FlowSolution& solution);

 private:
  // The flow runs from classes over pools into a root, along links: the arcs, then one link from each class to the root
  // ("unserved"), then one from each pool to the root (what is used of it). The links of a spanning tree carry what the
  // others leave to them; these are empty or full.
  using Vertex = core::Index<struct FlowVertexTag>;  ///< classes, then pools, then the root
  using Link = core::Index<struct FlowLinkTag>;
  enum class State : std::int8_t { Empty = -1, InTree = 0, Full = 1 };
  struct Ends {
    Vertex tail, head;
  };
  struct Incident {
    Link link;
    Vertex other;
  };
  /// The links that leave each vertex, or those that arrive there: those of v begin at first[v] and end where those of
  /// the next vertex begin.
  struct Incidence {
    core::Table<Vertex, std::size_t> first;
    std::vector<Incident> links;
    [[nodiscard]] std::span<const Incident> of(Vertex v) const {
      return {links.data() + first[v], links.data() + first[Vertex(v.position() + 1)]};
    }
    [[nodiscard]] std::size_t count(Vertex v) const { return first[Vertex(v.position() + 1)] - first[v]; }
  };
  struct Candidate {
    std::int64_t cost;  ///< how far prices must move until the link is as cheap as the tree, hashes left out
    Link link;
  };
  /// Positions in `order_`.
  struct Range {
    std::size_t begin = 0, end = 0;
  };
  /// What is new in a network, beside demands and capacities. Of another shape, all of it is.
  struct Difference {
    bool shape = false, costs = false, room = false;
  };

  // what the network is (flow_network.cpp)
  [[nodiscard]] Difference difference(const FlowNetwork& network) const;
  [[nodiscard]] Difference difference_of_arcs(const FlowNetwork& network) const;
  void load_shape(const FlowNetwork& network);
  [[nodiscard]] Incidence incidence(Vertex Ends::*from, Vertex Ends::*to) const;
  void load_room(const FlowNetwork& network);
  void load_costs(const FlowNetwork& network);
  static void check_sizes(const FlowNetwork& network);
  void load_sizes(const FlowNetwork& network);

  // the tree (flow_tree.cpp)
  void plant();
  void lay_out();
  void find_costs();
  void find_hashes();
  void find_flows();
  void set_state(Link link, State state);
  void send(Vertex from, std::int64_t amount);
  void move_prices(Range below, Link entering);
  void hang(Vertex top, Link entering, std::int64_t carried);
  void lay_out_from(Vertex inner, Vertex top);
  void move_block(Range from, Vertex behind);
  void turn_round(Vertex inner, Vertex top, Vertex outer, Link entering, std::int64_t carried);

  // new sizes: a dual simplex (flow_sizes.cpp)
  void follow_sizes();
  [[nodiscard]] Vertex furthest_beyond() const;
  void pivot(Vertex top);
  void collect(Vertex top, bool inwards);
  void collect_from(const Incidence& links, Range from, Range below, State state);
  void put_cheapest_last();
  [[nodiscard]] Link choose(std::int64_t excess);
  void flip(Link link);

  // new costs: a primal simplex (flow_costs.cpp)
  void follow_costs();
  void flip_bargains();
  [[nodiscard]] std::int64_t wrong_by(Link link) const;
  [[nodiscard]] bool find_wrong();
  [[nodiscard]] bool find_wrong_at_moved();
  void look_at(Link link, std::int64_t cost, std::size_t& found);
  void keep_wrong(std::size_t found);
  void mark_moved(Range vertices);
  [[nodiscard]] Link most_wrong();
  void pull(Link entering);

  // the answer (flow_answer.cpp)
  void answer(FlowSolution& solution) const;
  void put(Link link, std::int64_t flow, FlowSolution& solution) const;
  void rents(FlowSolution& solution);
  [[nodiscard]] bool find_exact(FlowSolution& solution);
  void relax_rents(FlowSolution& solution);

  [[nodiscard]] Vertex vertex(FlowClassId c) const { return Vertex(c.position()); }
  [[nodiscard]] Vertex vertex(FlowPoolId p) const { return Vertex(network_.classes.size() + p.position()); }
  [[nodiscard]] Link unserved(FlowClassId c) const { return Link(network_.arcs.size() + c.position()); }
  [[nodiscard]] Link use(FlowPoolId p) const {
    return Link(network_.arcs.size() + network_.classes.size() + p.position());
  }
  [[nodiscard]] bool is_class(Vertex v) const { return v.position() < network_.classes.size(); }
  /// What the link can carry: no more than its class wants, or its pool has.
  [[nodiscard]] std::int64_t most(Link link) const { return std::min(room_[link], size_[ends_[link].tail]); }
  // What a unit more on the link costs, at the prices of the tree; none in the tree costs anything.
  [[nodiscard]] std::int64_t reduced_cost(Link link) const {
    return cost_[link] + price_[ends_[link].head] - price_[ends_[link].tail];
  }
  [[nodiscard]] Int128 reduced_hash(Link link) const {
    return hash_[link] + price_hash_[ends_[link].head] - price_hash_[ends_[link].tail];
  }
  /// The hash of what the candidate's use would change.
  [[nodiscard]] Int128 gap(const Candidate& c) const {
    return state_[c.link] == State::Full ? -reduced_hash(c.link) : reduced_hash(c.link);
  }
  /// 1: full, -1: empty, 0: in the tree.
  [[nodiscard]] int side(Link link) const { return static_cast<int>(state_[link]); }
  [[nodiscard]] bool leaves(Vertex v) const { return ends_[up_link_[v]].tail == v; }
  /// Of the part of the tree that hangs on the vertex, with it.
  [[nodiscard]] Range part(Vertex top) const { return {at_[top], at_[top] + below_[top]}; }
  [[nodiscard]] bool within(Range range, Vertex v) const { return at_[v] - range.begin < range.end - range.begin; }

  bool solved_ = false;  ///< the tree is that of `network_`
  FlowNetwork network_;  ///< solved last; what its arcs cost and carry stands in `cost_` and `room_`
  Vertex root_;
  core::Table<Link, Ends> ends_;
  core::Table<Link, std::int64_t> cost_;
  core::Table<Link, Int128> hash_;
  core::Table<Link, std::int64_t> room_;  ///< capacity of an arc; of other links: no limit
  core::Table<Link, State> state_;
  core::Table<Vertex, std::int64_t> size_;  ///< demand of a class, capacity of a pool
  Incidence out_, in_;

  std::vector<Vertex> order_;               ///< the root first, every other vertex after the one it hangs on, and what
                                            ///< hangs on a vertex directly behind it: a part of the tree is a range
  core::Table<Vertex, std::size_t> at_;     ///< its position in `order_`
  core::Table<Vertex, std::size_t> below_;  ///< number of vertices that hang on it, directly or not, and itself
  core::Table<Vertex, Vertex> up_;          ///< the vertex that it hangs on
  core::Table<Vertex, Link> up_link_;
  core::Table<Vertex, std::int64_t> price_;  ///< what a unit that arrives there costs on its way to the root
  core::Table<Vertex, Int128> price_hash_;   ///< the hashes of that way
  core::Table<Vertex, std::int64_t> flow_;   ///< on the link by which it hangs
  core::Table<Vertex, std::int64_t> limit_;  ///< of it
  std::vector<Link> full_;                   ///< in no order
  core::Table<Link, std::size_t> full_at_;   ///< where each of them is

  core::Table<Vertex, std::int64_t> excess_;
  std::vector<Candidate> candidates_;
  std::vector<Link> wrong_;
  std::vector<Vertex> moved_;           ///< their prices have moved since wrong links were looked for
  core::Table<Vertex, char> is_moved_;  ///< is it among them?
  std::vector<Vertex> block_;
  core::Table<Vertex, char> exact_;  ///< no other prices of an optimum put it lower
};

/// The Lagrangian bound at given pool prices: each class takes its cheapest arcs, capacity is paid for.
/// Never above the optimal cost; equal to it at the rents of a solution (strong duality), which makes it the
/// independent test of optimality that a debug build applies after each solution.
[[nodiscard]] Int128 flow_dual_bound(const FlowNetwork& network, const core::Table<FlowPoolId, std::int64_t>& prices);

}  // namespace rackrate::market
