#include "sim/market/primitives/flow.hpp"

#include <stdexcept>
#include <string>

#include "sim/market/primitives/require.hpp"

/// The network as the solver keeps it: checked, compared with the one before, laid out by link and vertex.
namespace rackrate::market {
namespace {

constexpr std::size_t kMostPools = 1000;
constexpr std::size_t kMostArcs = 1000;  ///< of a class
constexpr std::int64_t kLargestCost = std::int64_t{1} << 44;
// A class has at most 1001 links, each of which may be full at a time: flows stay below 2^62.
constexpr std::int64_t kLargestSum = std::int64_t{1} << 52;
constexpr std::uint64_t kUnservedSalt =
    0x756e736572766564ULL;  // an unserved arc hashes unlike any other use of the class key

std::uint64_t mixed(std::uint64_t h) {
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
  return h ^ (h >> 31);
}

/// 112 bits: a way through the tree visits at most 1000 pools and has fewer than 2^11 links, so sums stay below 2^123.
Int128 hash_of(std::uint64_t key) {
  const std::uint64_t upper = mixed(key) >> 4, lower = mixed(key + 0x9e3779b97f4a7c15ULL) >> 12;
  return Int128{upper} * (Int128{1} << 52) + lower;
}

bool small(std::int64_t cost) { return -kLargestCost < cost && cost < kLargestCost; }

/// Are no two of the keys equal?
template <class Rows, class Key>
bool distinct(const Rows& rows, Key key_of) {
  std::vector<decltype(key_of(rows.back()))> keys;
  for (const auto& row : rows) keys.push_back(key_of(row));
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) == keys.end();
}

void check_shape(const FlowNetwork& network) {
  const auto key = [](const auto& row) { return row.key; };
  require(network.pools.size() <= kMostPools, "flow network", "more than 1000 pools");
  for (const FlowArc& a : network.arcs) {
    require(core::within(a.demand_class, network.classes.size()), "flow network", "an arc names a class out of range");
    require(core::within(a.pool, network.pools.size()), "flow network", "an arc names a pool out of range");
  }
  require(distinct(network.classes, key), "flow network", "two classes share a key");
  require(distinct(network.pools, key), "flow network", "two pools share a key");
  require(distinct(network.arcs, key), "flow network", "two arcs share a key");
  core::Table<FlowClassId, std::size_t> arcs(network.classes.size(), 0);
  for (const FlowArc& a : network.arcs)
    require(++arcs[a.demand_class] <= kMostArcs, "flow network", "a class has more than 1000 arcs");
}

}  // namespace

void FlowSolver::check_sizes(const FlowNetwork& network) {
  std::int64_t demand = 0, capacity = 0;
  for (const FlowClass& c : network.classes) {
    require(c.demand >= 0 && c.demand < kLargestSum - demand, "flow network",
            "a demand is negative, or all sum to 2^52 or more");
    require(small(c.unserved_penalty), "flow network", "an unserved penalty is 2^44 or more");
    demand += c.demand;
  }
  for (const FlowPool& p : network.pools) {
    require(p.capacity >= 0 && p.capacity < kLargestSum - capacity, "flow network",
            "a capacity is negative, or all sum to 2^52 or more");
    capacity += p.capacity;
  }
}

namespace {

bool same_penalties(const FlowNetwork& a, const FlowNetwork& b) {
  return std::equal(a.classes.begin(), a.classes.end(), b.classes.begin(), b.classes.end(),
                    [](const FlowClass& x, const FlowClass& y) { return x.unserved_penalty == y.unserved_penalty; });
}

}  // namespace

FlowSolver::Difference FlowSolver::difference(const FlowNetwork& network) const {
  const auto same_keys = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.key == y.key; });
  };
  if (!same_keys(network.classes, network_.classes) || !same_keys(network.pools, network_.pools) ||
      network.arcs.size() != network_.arcs.size())
    return {.shape = true};
  Difference changed = difference_of_arcs(network);
  changed.costs = changed.costs || !same_penalties(network, network_);
  return changed;
}

/// Of as many arcs. Without branches: there are thousands, and costs move on most days.
FlowSolver::Difference FlowSolver::difference_of_arcs(const FlowNetwork& network) const {
  const auto bits = [](std::int64_t x, std::int64_t y) { return static_cast<std::uint64_t>(x ^ y); };
  std::uint64_t links = 0, costs = 0, room = 0;
  for (const FlowArcId id : network.arcs.ids()) {
    const FlowArc &x = network.arcs[id], &y = network_.arcs[id];
    links |= (x.key ^ y.key) | bits(x.demand_class.number(), y.demand_class.number()) |
             bits(x.pool.number(), y.pool.number());
    costs |= bits(x.cost, cost_[Link(id.position())]);
    room |= bits(x.capacity, room_[Link(id.position())]);
  }
  return {.shape = links != 0, .costs = costs != 0, .room = room != 0};
}

void FlowSolver::load_shape(const FlowNetwork& network) {
  check_shape(network);
  network_ = network;
  const std::size_t inner = network.classes.size() + network.pools.size();
  root_ = Vertex(inner);
  ends_.clear();
  hash_.clear();
  for (const FlowArc& a : network.arcs) ends_.push_back({vertex(a.demand_class), vertex(a.pool)});
  for (const Vertex v : core::indices<Vertex>(inner)) ends_.push_back({v, root_});
  for (const FlowArc& a : network.arcs) hash_.push_back(hash_of(a.key));
  for (const FlowClass& c : network.classes) hash_.push_back(hash_of(c.key ^ kUnservedSalt));
  hash_.resize(ends_.size(), 0);
  cost_.assign(ends_.size(), 0);
  room_.assign(ends_.size(), kUncapped);
  exact_.assign(inner + 1, 0);
  moved_.clear();
  is_moved_.assign(inner + 1, 0);
  for (auto* by_vertex : {&flow_, &limit_, &excess_, &size_, &price_}) by_vertex->assign(inner + 1, 0);
  price_hash_.assign(inner + 1, 0);
  out_ = incidence(&Ends::tail, &Ends::head);
  in_ = incidence(&Ends::head, &Ends::tail);
}

FlowSolver::Incidence FlowSolver::incidence(Vertex Ends::*from, Vertex Ends::*to) const {
  Incidence incidence;
  incidence.first.assign(root_.position() + 2, 0);
  for (const Ends& ends : ends_) ++incidence.first[Vertex((ends.*from).position() + 1)];
  for (const Vertex v : core::indices<Vertex>(root_.position() + 1))
    incidence.first[Vertex(v.position() + 1)] += incidence.first[v];
  incidence.links.resize(ends_.size());
  auto next = incidence.first;
  for (const Link link : ends_.ids()) incidence.links[next[ends_[link].*from]++] = {link, ends_[link].*to};
  return incidence;
}

void FlowSolver::load_room(const FlowNetwork& network) {
  for (const FlowArcId a : network.arcs.ids()) {
    require(network.arcs[a].capacity >= 0, "flow network", "an arc capacity is negative");
    room_[Link(a.position())] = network.arcs[a].capacity;
  }
}

void FlowSolver::load_costs(const FlowNetwork& network) {
  for (const FlowArcId a : network.arcs.ids()) {
    require(small(network.arcs[a].cost), "flow network", "an arc cost is 2^44 or more");
    cost_[Link(a.position())] = network.arcs[a].cost;
  }
  for (const FlowClassId c : network.classes.ids()) cost_[unserved(c)] = network.classes[c].unserved_penalty;
}

void FlowSolver::load_sizes(const FlowNetwork& network) {
  network_.classes = network.classes;
  network_.pools = network.pools;
  for (const FlowClassId c : network.classes.ids()) size_[vertex(c)] = network.classes[c].demand;
  for (const FlowPoolId p : network.pools.ids()) size_[vertex(p)] = network.pools[p].capacity;
}

}  // namespace rackrate::market
