#include "sim/market/primitives/flow.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <string>

namespace rackrate::market {
namespace {

// A length is cost x 2^72 + hash. A way visits each of at most 1001 pools once, so it has fewer than
// 2^11 arcs: 60-bit hashes sum to less than 2^71 and costs below 2^44 to less than 2^55.
constexpr int kHashBits = 72;
constexpr std::size_t kMostPools = 1000;
constexpr std::int64_t kLargestCost = std::int64_t{1} << 44;
constexpr Int128 kFar = Int128{1} << 126;     // no way at all
constexpr Int128 kClosed = Int128{1} << 124;  // price of a pool without capacity: never entered
constexpr std::int64_t kOpenRoom = std::numeric_limits<std::int64_t>::max() / 4;
constexpr std::uint64_t kUnservedSalt =
    0x756e736572766564ULL;  // an unserved arc hashes unlike any other use of the class key

std::uint64_t mixed(std::uint64_t h) {
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
  return h ^ (h >> 31);
}

Int128 length_of(std::int64_t cost, std::uint64_t key) {
  return Int128{cost} * (Int128{1} << kHashBits) + Int128{mixed(key) >> 4};
}

/// The cost part of a length: the nearest multiple, as hashes stay below half a step.
std::int64_t cost_of(Int128 length) {
  return static_cast<std::int64_t>((length + (Int128{1} << (kHashBits - 1))) >> kHashBits);
}

void require(bool sound, const char* rule) {
  if (!sound) throw std::invalid_argument(std::string("flow network: ") + rule);
}

bool small(std::int64_t cost) { return -kLargestCost < cost && cost < kLargestCost; }

void check(const FlowNetwork& network) {
  require(network.pools.size() <= kMostPools, "more than 1000 pools");
  for (const FlowClass& c : network.classes) {
    require(c.demand >= 0 && c.demand < kOpenRoom, "a demand is negative or too large");
    require(small(c.unserved_penalty), "an unserved penalty is 2^44 or more");
  }
  for (const FlowPool& p : network.pools)
    require(p.capacity >= 0 && p.capacity < kOpenRoom, "a capacity is negative or too large");
  for (const FlowArc& a : network.arcs) {
    require(a.demand_class.exists() && a.demand_class.position() < network.classes.size(),
            "an arc names a class out of range");
    require(a.pool.exists() && a.pool.position() < network.pools.size(), "an arc names a pool out of range");
    require(a.capacity >= 0, "an arc capacity is negative");
    require(small(a.cost), "an arc cost is 2^44 or more");
  }
}

/// The ids of a list, sorted into `order`, and the place of each in `rank`.
template <class Id, class Rank, class Before>
void rank_by(std::size_t count, core::Table<Rank, Id>& order, core::Table<Id, Rank>& rank, Before before) {
  order.clear();
  for (const Id id : core::indices<Id>(count)) order.push_back(id);
  std::sort(order.begin(), order.end(), before);
  rank.resize(count);
  for (const Rank r : order.ids()) rank[order[r]] = r;
}

}  // namespace

void FlowSolver::rank_classes(const FlowNetwork& network) {
  // High penalties first: who is never displaced is placed once. Any order gives the same answer.
  rank_by(network.classes.size(), class_order_, class_rank_, [&network](FlowClassId a, FlowClassId b) {
    const FlowClass &x = network.classes[a], &y = network.classes[b];
    return x.unserved_penalty != y.unserved_penalty ? x.unserved_penalty > y.unserved_penalty : x.key < y.key;
  });
  seen_.clear();
  for (const FlowClass& c : network.classes) seen_.push_back(c.key);
  std::sort(seen_.begin(), seen_.end());
  require(std::adjacent_find(seen_.begin(), seen_.end()) == seen_.end(), "two classes share a key");
}

void FlowSolver::rank_pools(const FlowNetwork& network) {
  rank_by(network.pools.size(), pool_order_, pool_rank_,
          [&network](FlowPoolId a, FlowPoolId b) { return network.pools[a].key < network.pools[b].key; });
  const auto same = [&network](FlowPoolId a, FlowPoolId b) { return network.pools[a].key == network.pools[b].key; };
  require(std::adjacent_find(pool_order_.begin(), pool_order_.end(), same) == pool_order_.end(),
          "two pools share a key");
  unserved_ = pool_order_.next();
}

void FlowSolver::clear_workspace() {
  const std::size_t rows = class_order_.size(), nodes = pool_order_.size() + 1;
  length_.assign(rows, nodes, 0);
  room_.assign(rows, nodes, 0);
  flow_.assign(rows, nodes, 0);
  demand_.resize(rows);
  slack_.resize(nodes);
  price_.assign(nodes, 0);
  next_.assign(nodes, Node());
  shifts_.assign(nodes, nodes, Shift{kFar, Row()});
  stale_.assign(nodes, 0);
  label_.resize(nodes);
  open_.reserve(nodes);
  broken_ = false;
}

void FlowSolver::load_arcs(const FlowNetwork& network) {
  for (const FlowArc& a : network.arcs) {
    const Row i = class_rank_[a.demand_class];
    const Node p = pool_rank_[a.pool];
    require(flow_(i, p) == 0, "two arcs join one class and one pool");
    flow_(i, p) = 1;  // a mark, cleared below
    length_(i, p) = length_of(a.cost, a.key);
    room_(i, p) = std::min(a.capacity, kOpenRoom);
  }
  flow_.assign(class_order_.size(), slack_.size(), 0);
}

void FlowSolver::load(const FlowNetwork& network) {
  rank_classes(network);
  rank_pools(network);
  clear_workspace();
  for (const Row r : rows()) {
    const FlowClass& c = network.classes[class_order_[r]];
    demand_[r] = c.demand;
    length_(r, unserved_) = length_of(c.unserved_penalty, c.key ^ kUnservedSalt);
    room_(r, unserved_) = kOpenRoom;
  }
  for (const Node p : pools()) {
    slack_[p] = network.pools[pool_order_[p]].capacity;
    if (slack_[p] == 0) price_[p] = kClosed;
  }
  slack_[unserved_] = kOpenRoom;
  load_arcs(network);
}

void FlowSolver::offer(Row i, Node from, Node to) {
  const Length length = length_(i, to) - length_(i, from);
  Shift& best = shifts_(from, to);
  if (length < best.length) best = Shift{length, i};
}

void FlowSolver::rebuild_row(Node from) {
  for (const Node to : nodes()) shifts_(from, to) = Shift{kFar, Row()};
  for (const Row i : rows()) {
    if (flow_(i, from) == 0) continue;
    for (const Node to : nodes()) {
      if (to != from && room_(i, to) > 0) offer(i, from, to);
    }
  }
  stale_[from] = 0;
}

void FlowSolver::rebuild_stale_rows() {
  for (const Node p : pools()) {
    if (stale_[p]) rebuild_row(p);
  }
}

/// Class i can no longer make this move: the record may be of another class, and a way may have used it.
void FlowSolver::close_move(Row i, Node from, Node to) {
  if (shifts_(from, to).mover != i) return;
  stale_[from] = 1;
  if (next_[from] == to) broken_ = true;
}

/// What a change of class i's flow into `pool` opens and closes: moves out of the pool, and moves into it.
void FlowSolver::open_moves(Row i, Node pool, std::int64_t flow_before, std::int64_t room_before) {
  if (flow_before == 0) {
    for (const Node to : nodes()) {
      if (to != pool && room_(i, to) > 0) offer(i, pool, to);
    }
  } else if (flow_(i, pool) == 0) {
    for (const Node to : nodes()) close_move(i, pool, to);
  }
  if (room_before == 0) {
    for (const Node from : pools()) {
      if (from != pool && flow_(i, from) > 0) offer(i, from, pool);
    }
  } else if (room_(i, pool) == 0) {
    for (const Node from : pools()) {
      if (from != pool) close_move(i, from, pool);
    }
  }
}

void FlowSolver::change(Row i, Node pool, std::int64_t by) {
  const std::int64_t flow_before = flow_(i, pool);
  const std::int64_t room_before = room_(i, pool);
  flow_(i, pool) += by;
  room_(i, pool) -= by;
  // Ways end at "unserved": nothing ever moves out of it while demand is placed.
  if (pool != unserved_) open_moves(i, pool, flow_before, room_before);
}

/// Labels pools with slack 0 and all others with no way. Returns: the first pool with slack.
FlowSolver::Node FlowSolver::open_all() {
  open_.clear();
  Node nearest;
  for (const Node p : nodes()) {
    label_[p] = slack_[p] > 0 ? Length{0} : kFar;
    next_[p] = Node();
    open_.push_back(p);
    if (!nearest.exists() && slack_[p] > 0) nearest = p;
  }
  return nearest;
}

/// One pass over the open pools, which stay in the order of their numbers, both relaxes them and finds the nearest;
/// of equally near ones that is the first.
FlowSolver::Node FlowSolver::settle(Node settled) {
  const Length beyond = label_[settled] + price_[settled];
  Length least = kFar;
  Node nearest;
  std::size_t kept = 0;
  for (const Node p : open_) {
    if (p == settled) continue;
    open_[kept++] = p;
    if (p != unserved_ && shifts_(p, settled).mover.exists()) {
      const Length label = shifts_(p, settled).length + beyond - price_[p];
      if (label < label_[p]) {
        label_[p] = label;
        next_[p] = settled;
      }
    }
    if (label_[p] < least) {
      least = label_[p];
      nearest = p;
    }
  }
  open_.resize(kept);
  return nearest;
}

void FlowSolver::refresh_prices() {
  rebuild_stale_rows();
  // Dijkstra from the pools with slack back to the others. Old prices make all lengths non-negative,
  // because placing demand along shortest ways only adds steps that are tight; labels are increases.
  for (Node nearest = open_all(); nearest.exists();) nearest = settle(nearest);
  for (const Node p : pools()) {
    if (label_[p] < kFar) price_[p] += label_[p];
  }
  broken_ = false;
}

FlowSolver::Node FlowSolver::cheapest_entry(Row i) const {
  Node first = unserved_;
  Length shortest = length_(i, unserved_);
  for (const Node p : pools()) {
    if (room_(i, p) == 0 || price_[p] == kClosed) continue;
    const Length length = length_(i, p) + price_[p];
    if (length < shortest) {
      shortest = length;
      first = p;
    }
  }
  return first;
}

/// Places an amount of class i in `first` and moves as much along the way to `last`.
void FlowSolver::move_along(Row i, Node first, Node last, std::int64_t amount) {
  // Moves are read before any is made: making one may improve the record of another.
  route_.clear();
  for (Node p = first; p != last; p = next_[p]) route_.push_back(Step{shifts_(p, next_[p]).mover, p, next_[p]});
  change(i, first, amount);
  for (const Step& step : route_) {
    change(step.mover, step.from, -amount);
    change(step.mover, step.to, amount);
  }
  if (last == unserved_) return;
  slack_[last] -= amount;
  if (slack_[last] == 0) broken_ = true;
}

void FlowSolver::insert(Row i) {
  std::int64_t left = demand_[i];
  while (left > 0) {
    if (broken_) refresh_prices();
    const Node first = cheapest_entry(i);
    std::int64_t amount = std::min(left, room_(i, first));
    Node last = first;
    for (; slack_[last] == 0; last = next_[last]) {
      const Node to = next_[last];
      const Row mover = shifts_(last, to).mover;
      amount = std::min({amount, flow_(mover, last), room_(mover, to)});
    }
    amount = std::min(amount, slack_[last]);
    move_along(i, first, last, amount);
    left -= amount;
  }
}

void FlowSolver::rents(FlowSolution& solution) {
  rebuild_stale_rows();
  rebuild_row(unserved_);
  // One more unit in a pool draws in the cheapest chain of moves that ends there; a chain may begin at any pool
  // that gives up a unit, or at "unserved". No chain is a negative cycle, so this settles in at most as many rounds as
  // there are nodes.
  label_.assign(slack_.size(), 0);
  for (bool improved = true; improved;) {
    improved = false;
    for (const Node from : nodes()) {
      for (const Node to : pools()) {
        const Shift& move = shifts_(from, to);
        if (!move.mover.exists()) continue;
        const Length label = label_[from] + move.length;
        if (label < label_[to]) {
          label_[to] = label;
          improved = true;
        }
      }
    }
  }
  for (const Node p : pools()) solution.rent[pool_order_[p]] = -cost_of(label_[p]);
}

void FlowSolver::answer(const FlowNetwork& network, FlowSolution& solution) const {
  solution.flow.resize(network.arcs.size());
  solution.unserved.resize(network.classes.size());
  solution.slack.resize(network.pools.size());
  solution.rent.resize(network.pools.size());
  solution.cost = 0;
  for (const FlowArcId a : network.arcs.ids()) {
    const FlowArc& arc = network.arcs[a];
    solution.flow[a] = flow_(class_rank_[arc.demand_class], pool_rank_[arc.pool]);
    solution.cost += Int128{solution.flow[a]} * arc.cost;
  }
  for (const FlowClassId c : network.classes.ids()) {
    solution.unserved[c] = flow_(class_rank_[c], unserved_);
    solution.cost += Int128{solution.unserved[c]} * network.classes[c].unserved_penalty;
  }
  for (const FlowPoolId p : network.pools.ids()) solution.slack[p] = slack_[pool_rank_[p]];
}

void FlowSolver::solve(const FlowNetwork& network, FlowSolution& solution) {
  check(network);
  load(network);
  for (const Row i : rows()) insert(i);
  answer(network, solution);
  rents(solution);
  assert(flow_dual_bound(network, solution.rent) == solution.cost && "the flow is not the cheapest");
}

Int128 flow_dual_bound(const FlowNetwork& network, const core::Table<FlowPoolId, std::int64_t>& prices) {
  struct Option {
    std::int64_t cost;
    std::int64_t room;
  };
  core::Table<FlowClassId, std::vector<Option>> options(network.classes.size());
  for (const FlowArc& a : network.arcs) options[a.demand_class].push_back({a.cost + prices[a.pool], a.capacity});
  Int128 bound = 0;
  for (const FlowClassId c : network.classes.ids()) {
    std::sort(options[c].begin(), options[c].end(), [](const Option& a, const Option& b) { return a.cost < b.cost; });
    std::int64_t left = network.classes[c].demand;
    for (const Option& o : options[c]) {
      if (o.cost >= network.classes[c].unserved_penalty) break;
      const std::int64_t taken = std::min(left, o.room);
      bound += Int128{taken} * o.cost;
      left -= taken;
    }
    bound += Int128{left} * network.classes[c].unserved_penalty;
  }
  for (const FlowPoolId p : prices.ids()) bound -= Int128{network.pools[p].capacity} * prices[p];
  return bound;
}

}  // namespace rackrate::market
