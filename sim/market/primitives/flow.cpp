#include "sim/market/primitives/flow.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

namespace rackrate::market {
namespace {

// A length is cost x 2^72 + hash. A way visits each of at most 1001 pools once, so it has fewer than
// 2^11 arcs: 60-bit hashes sum to less than 2^71 and costs below 2^44 to less than 2^55.
constexpr int kHashBits = 72;
constexpr std::int32_t kMostPools = 1000;
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
  return static_cast<Int128>(cost) * (Int128{1} << kHashBits) + static_cast<Int128>(mixed(key) >> 4);
}

/// The cost part of a length: the nearest multiple, as hashes stay below half a step.
std::int64_t cost_of(Int128 length) {
  return static_cast<std::int64_t>((length + (Int128{1} << (kHashBits - 1))) >> kHashBits);
}

void require(bool sound, const char* rule) {
  if (!sound) throw std::invalid_argument(std::string("flow network: ") + rule);
}

bool small(std::int64_t cost) { return -kLargestCost < cost && cost < kLargestCost; }

}  // namespace

void FlowSolver::check(const FlowNetwork& network) {
  const auto classes = static_cast<std::int32_t>(network.classes.size());
  const auto pools = static_cast<std::int32_t>(network.pools.size());
  require(network.pools.size() <= static_cast<std::size_t>(kMostPools), "more than 1000 pools");
  for (const FlowClass& c : network.classes) {
    require(c.demand >= 0 && c.demand < kOpenRoom, "a demand is negative or too large");
    require(small(c.unserved_penalty), "an unserved penalty is 2^44 or more");
  }
  for (const FlowPool& p : network.pools)
    require(p.capacity >= 0 && p.capacity < kOpenRoom, "a capacity is negative or too large");
  for (const FlowArc& a : network.arcs) {
    require(a.demand_class >= 0 && a.demand_class < classes, "an arc names a class out of range");
    require(a.pool >= 0 && a.pool < pools, "an arc names a pool out of range");
    require(a.capacity >= 0, "an arc capacity is negative");
    require(small(a.cost), "an arc cost is 2^44 or more");
  }
}

void FlowSolver::load(const FlowNetwork& network) {
  classes_ = static_cast<std::int32_t>(network.classes.size());
  pools_ = static_cast<std::int32_t>(network.pools.size());
  width_ = pools_ + 1;
  const auto n = static_cast<std::size_t>(classes_);
  const auto w = static_cast<std::size_t>(width_);

  class_order_.resize(n);
  pool_order_.resize(network.pools.size());
  class_rank_.resize(n);
  pool_rank_.resize(network.pools.size());
  std::iota(class_order_.begin(), class_order_.end(), 0);
  std::iota(pool_order_.begin(), pool_order_.end(), 0);
  // High penalties first: who is never displaced is placed once. Any order gives the same answer.
  std::sort(class_order_.begin(), class_order_.end(), [&](std::int32_t a, std::int32_t b) {
    const FlowClass& x = network.classes[static_cast<std::size_t>(a)];
    const FlowClass& y = network.classes[static_cast<std::size_t>(b)];
    return x.unserved_penalty != y.unserved_penalty ? x.unserved_penalty > y.unserved_penalty : x.key < y.key;
  });
  std::sort(pool_order_.begin(), pool_order_.end(), [&](std::int32_t a, std::int32_t b) {
    return network.pools[static_cast<std::size_t>(a)].key < network.pools[static_cast<std::size_t>(b)].key;
  });
  for (std::int32_t r = 0; r < classes_; ++r)
    class_rank_[static_cast<std::size_t>(class_order_[static_cast<std::size_t>(r)])] = r;
  for (std::int32_t r = 0; r < pools_; ++r)
    pool_rank_[static_cast<std::size_t>(pool_order_[static_cast<std::size_t>(r)])] = r;

  seen_.clear();
  for (const FlowClass& c : network.classes) seen_.push_back(c.key);
  std::sort(seen_.begin(), seen_.end());
  require(std::adjacent_find(seen_.begin(), seen_.end()) == seen_.end(), "two classes share a key");
  for (std::size_t r = 1; r < pool_order_.size(); ++r) {
    require(network.pools[static_cast<std::size_t>(pool_order_[r - 1])].key !=
                network.pools[static_cast<std::size_t>(pool_order_[r])].key,
            "two pools share a key");
  }

  length_.resize(n * w);
  room_.assign(n * w, 0);
  flow_.assign(n * w, 0);
  demand_.resize(n);
  slack_.resize(w);
  price_.assign(w, 0);
  next_.assign(w, -1);
  shifts_.assign(w * w, Shift{kFar, -1});
  stale_.assign(w, 0);
  label_.resize(w);
  open_.reserve(w);
  broken_ = false;
  for (std::int32_t r = 0; r < classes_; ++r) {
    const FlowClass& c = network.classes[static_cast<std::size_t>(class_order_[static_cast<std::size_t>(r)])];
    demand_[static_cast<std::size_t>(r)] = c.demand;
    length_[cell(r, pools_)] = length_of(c.unserved_penalty, c.key ^ kUnservedSalt);
    room_[cell(r, pools_)] = kOpenRoom;
  }
  for (std::int32_t r = 0; r < pools_; ++r) {
    const std::int64_t capacity =
        network.pools[static_cast<std::size_t>(pool_order_[static_cast<std::size_t>(r)])].capacity;
    slack_[static_cast<std::size_t>(r)] = capacity;
    if (capacity == 0) price_[static_cast<std::size_t>(r)] = kClosed;
  }
  slack_[static_cast<std::size_t>(pools_)] = kOpenRoom;
  for (const FlowArc& a : network.arcs) {
    const std::size_t at =
        cell(class_rank_[static_cast<std::size_t>(a.demand_class)], pool_rank_[static_cast<std::size_t>(a.pool)]);
    require(flow_[at] == 0, "two arcs join one class and one pool");
    flow_[at] = 1;  // a mark, cleared below
    length_[at] = length_of(a.cost, a.key);
    room_[at] = std::min(a.capacity, kOpenRoom);
  }
  std::fill(flow_.begin(), flow_.end(), 0);
}

void FlowSolver::offer(std::int32_t i, std::int32_t from, std::int32_t to) {
  const Length length = length_[cell(i, to)] - length_[cell(i, from)];
  Shift& best = shift(from, to);
  if (length < best.length) best = Shift{length, i};
}

void FlowSolver::rebuild_row(std::int32_t from) {
  for (std::int32_t to = 0; to < width_; ++to) shift(from, to) = Shift{kFar, -1};
  for (std::int32_t i = 0; i < classes_; ++i) {
    if (flow_[cell(i, from)] == 0) continue;
    for (std::int32_t to = 0; to < width_; ++to) {
      if (to != from && room_[cell(i, to)] > 0) offer(i, from, to);
    }
  }
  stale_[static_cast<std::size_t>(from)] = 0;
}

void FlowSolver::change(std::int32_t i, std::int32_t pool, std::int64_t by) {
  const std::size_t at = cell(i, pool);
  const std::int64_t flow_before = flow_[at];
  const std::int64_t room_before = room_[at];
  flow_[at] += by;
  room_[at] -= by;
  if (pool == pools_) return;  // ways end at "unserved": nothing ever moves out of it while demand is placed

  if (flow_before == 0) {  // new moves out of this pool
    for (std::int32_t to = 0; to < width_; ++to) {
      if (to != pool && room_[cell(i, to)] > 0) offer(i, pool, to);
    }
  } else if (flow_[at] == 0) {  // moves out of this pool are used up
    for (std::int32_t to = 0; to < width_; ++to) {
      if (shift(pool, to).demand_class != i) continue;
      stale_[static_cast<std::size_t>(pool)] = 1;
      if (next_[static_cast<std::size_t>(pool)] == to) broken_ = true;
    }
  }
  if (room_before == 0) {  // new moves into this pool
    for (std::int32_t from = 0; from < pools_; ++from) {
      if (from != pool && flow_[cell(i, from)] > 0) offer(i, from, pool);
    }
  } else if (room_[at] == 0) {  // moves into this pool are used up
    for (std::int32_t from = 0; from < pools_; ++from) {
      if (from == pool || shift(from, pool).demand_class != i) continue;
      stale_[static_cast<std::size_t>(from)] = 1;
      if (next_[static_cast<std::size_t>(from)] == pool) broken_ = true;
    }
  }
}

void FlowSolver::refresh_prices() {
  for (std::int32_t p = 0; p < pools_; ++p) {
    if (stale_[static_cast<std::size_t>(p)]) rebuild_row(p);
  }
  // Dijkstra from the pools with slack back to the others. Old prices make all lengths non-negative,
  // because placing demand along shortest ways only adds steps that are tight; labels are increases.
  // One pass over the open pools, which stay in the order of their numbers, both relaxes them and finds the nearest;
  // of equally near ones that is the first.
  open_.clear();
  std::int32_t nearest = -1;
  for (std::int32_t p = 0; p < width_; ++p) {
    const auto at = static_cast<std::size_t>(p);
    label_[at] = slack_[at] > 0 ? Length{0} : kFar;
    next_[at] = -1;
    open_.push_back(p);
    if (nearest < 0 && slack_[at] > 0) nearest = p;
  }
  while (nearest >= 0) {
    const std::int32_t settled = nearest;
    const Length beyond = label_[static_cast<std::size_t>(settled)] + price_[static_cast<std::size_t>(settled)];
    Length least = kFar;
    nearest = -1;
    std::size_t kept = 0;
    for (const std::int32_t p : open_) {
      if (p == settled) continue;
      open_[kept++] = p;
      const auto at = static_cast<std::size_t>(p);
      if (p < pools_) {
        const Shift& way = shift(p, settled);
        if (way.demand_class >= 0) {
          const Length label = way.length + beyond - price_[at];
          if (label < label_[at]) {
            label_[at] = label;
            next_[at] = settled;
          }
        }
      }
      if (label_[at] < least) {
        least = label_[at];
        nearest = p;
      }
    }
    open_.resize(kept);
  }
  for (std::int32_t p = 0; p < pools_; ++p) {
    const auto at = static_cast<std::size_t>(p);
    if (label_[at] < kFar) price_[at] += label_[at];
  }
  broken_ = false;
}

void FlowSolver::insert(std::int32_t i) {
  std::int64_t left = demand_[static_cast<std::size_t>(i)];
  while (left > 0) {
    if (broken_) refresh_prices();
    std::int32_t first = pools_;
    Length shortest = length_[cell(i, pools_)];
    for (std::int32_t p = 0; p < pools_; ++p) {
      const auto at = static_cast<std::size_t>(p);
      if (room_[cell(i, p)] == 0 || price_[at] == kClosed) continue;
      const Length length = length_[cell(i, p)] + price_[at];
      if (length < shortest) {
        shortest = length;
        first = p;
      }
    }
    std::int64_t amount = std::min(left, room_[cell(i, first)]);
    std::int32_t last = first;
    for (; slack_[static_cast<std::size_t>(last)] == 0; last = next_[static_cast<std::size_t>(last)]) {
      const std::int32_t to = next_[static_cast<std::size_t>(last)];
      const std::int32_t mover = shift(last, to).demand_class;
      amount = std::min({amount, flow_[cell(mover, last)], room_[cell(mover, to)]});
    }
    amount = std::min(amount, slack_[static_cast<std::size_t>(last)]);

    // Moves are read before any is made: making one may improve the record of another.
    route_.clear();
    for (std::int32_t p = first; p != last; p = next_[static_cast<std::size_t>(p)]) {
      route_.push_back(
          Step{shift(p, next_[static_cast<std::size_t>(p)]).demand_class, p, next_[static_cast<std::size_t>(p)]});
    }
    change(i, first, amount);
    for (const Step& step : route_) {
      change(step.demand_class, step.from, -amount);
      change(step.demand_class, step.to, amount);
    }
    if (last != pools_) {
      slack_[static_cast<std::size_t>(last)] -= amount;
      if (slack_[static_cast<std::size_t>(last)] == 0) broken_ = true;
    }
    left -= amount;
  }
}

void FlowSolver::rents(FlowSolution& solution) {
  for (std::int32_t p = 0; p < pools_; ++p) {
    if (stale_[static_cast<std::size_t>(p)]) rebuild_row(p);
  }
  rebuild_row(pools_);
  // One more unit in a pool draws in the cheapest chain of moves that ends there; a chain may begin at any pool
  // that gives up a unit, or at "unserved". No chain is a negative cycle, so this settles in at most `width_` rounds.
  label_.assign(static_cast<std::size_t>(width_), 0);
  for (bool improved = true; improved;) {
    improved = false;
    for (std::int32_t from = 0; from < width_; ++from) {
      for (std::int32_t to = 0; to < pools_; ++to) {
        const Shift& move = shift(from, to);
        if (move.demand_class < 0) continue;
        const Length label = label_[static_cast<std::size_t>(from)] + move.length;
        if (label < label_[static_cast<std::size_t>(to)]) {
          label_[static_cast<std::size_t>(to)] = label;
          improved = true;
        }
      }
    }
  }
  for (std::int32_t p = 0; p < pools_; ++p) {
    solution.rent[static_cast<std::size_t>(pool_order_[static_cast<std::size_t>(p)])] =
        -cost_of(label_[static_cast<std::size_t>(p)]);
  }
}

void FlowSolver::solve(const FlowNetwork& network, FlowSolution& solution) {
  check(network);
  load(network);
  for (std::int32_t i = 0; i < classes_; ++i) insert(i);

  solution.flow.resize(network.arcs.size());
  solution.unserved.resize(network.classes.size());
  solution.slack.resize(network.pools.size());
  solution.rent.resize(network.pools.size());
  solution.cost = 0;
  for (std::size_t a = 0; a < network.arcs.size(); ++a) {
    const FlowArc& arc = network.arcs[a];
    solution.flow[a] = flow_[cell(class_rank_[static_cast<std::size_t>(arc.demand_class)],
                                  pool_rank_[static_cast<std::size_t>(arc.pool)])];
    solution.cost += static_cast<Int128>(solution.flow[a]) * arc.cost;
  }
  for (std::size_t c = 0; c < network.classes.size(); ++c) {
    solution.unserved[c] = flow_[cell(class_rank_[c], pools_)];
    solution.cost += static_cast<Int128>(solution.unserved[c]) * network.classes[c].unserved_penalty;
  }
  for (std::size_t p = 0; p < network.pools.size(); ++p)
    solution.slack[p] = slack_[static_cast<std::size_t>(pool_rank_[p])];
  rents(solution);
}

FlowSolution FlowSolver::solve(const FlowNetwork& network) {
  FlowSolution solution;
  solve(network, solution);
  return solution;
}

FlowSolution solve_flow(const FlowNetwork& network) { return FlowSolver{}.solve(network); }

Int128 flow_dual_bound(const FlowNetwork& network, std::span<const std::int64_t> prices) {
  struct Option {
    std::int64_t cost;
    std::int64_t room;
  };
  std::vector<std::vector<Option>> options(network.classes.size());
  for (const FlowArc& a : network.arcs) {
    options[static_cast<std::size_t>(a.demand_class)].push_back(
        {a.cost + prices[static_cast<std::size_t>(a.pool)], a.capacity});
  }
  Int128 bound = 0;
  for (std::size_t c = 0; c < options.size(); ++c) {
    std::sort(options[c].begin(), options[c].end(), [](const Option& a, const Option& b) { return a.cost < b.cost; });
    std::int64_t left = network.classes[c].demand;
    for (const Option& o : options[c]) {
      if (o.cost >= network.classes[c].unserved_penalty) break;
      const std::int64_t taken = std::min(left, o.room);
      bound += static_cast<Int128>(taken) * o.cost;
      left -= taken;
    }
    bound += static_cast<Int128>(left) * network.classes[c].unserved_penalty;
  }
  for (std::size_t p = 0; p < prices.size(); ++p) bound -= static_cast<Int128>(network.pools[p].capacity) * prices[p];
  return bound;
}

std::vector<std::int64_t> tier_penalties(int tiers, int pools, std::int64_t largest_arc_cost) {
  require(tiers > 0 && pools > 0, "tiers and pools must be positive");
  require(largest_arc_cost >= 0 && largest_arc_cost < kLargestCost, "the largest arc cost is negative or too large");
  const Int128 step = 2 * (static_cast<Int128>(pools) + 1) * largest_arc_cost + 1;
  require(step * tiers < kLargestCost, "penalties for so many tiers would reach 2^44");
  std::vector<std::int64_t> penalties(static_cast<std::size_t>(tiers));
  for (int t = 0; t < tiers; ++t)
    penalties[static_cast<std::size_t>(t)] = static_cast<std::int64_t>(step) * (tiers - t);
  return penalties;
}

}  // namespace rackrate::market
