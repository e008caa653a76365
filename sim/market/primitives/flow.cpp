#include "sim/market/primitives/flow.hpp"

#include <cassert>
#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "sim/market/primitives/require.hpp"

namespace rackrate::market {
namespace {

constexpr std::size_t kMostPools = 1000;
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
  const auto ends = [](const FlowArc& a) { return std::pair(a.demand_class.number(), a.pool.number()); };
  require(distinct(network.arcs, ends), "flow network", "two arcs join one class and one pool");
}

void check_arcs(const FlowNetwork& network) {
  for (const FlowArc& a : network.arcs) {
    require(a.capacity >= 0, "flow network", "an arc capacity is negative");
    require(small(a.cost), "flow network", "an arc cost is 2^44 or more");
  }
}

void check_sizes(const FlowNetwork& network) {
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

/// Arcs are compared as bytes: there are thousands, and on most days none has changed.
bool same_arcs(const FlowNetwork& a, const FlowNetwork& b) {
  static_assert(std::has_unique_object_representations_v<FlowArc>);
  return a.arcs.size() == b.arcs.size() && (a.arcs.empty() || std::memcmp(a.arcs.rows().data(), b.arcs.rows().data(),
                                                                          a.arcs.size() * sizeof(FlowArc)) == 0);
}

bool same_penalties(const FlowNetwork& a, const FlowNetwork& b) {
  return std::equal(a.classes.begin(), a.classes.end(), b.classes.begin(), b.classes.end(),
                    [](const FlowClass& x, const FlowClass& y) { return x.unserved_penalty == y.unserved_penalty; });
}

[[maybe_unused]] FlowSolution solved_from_nothing(const FlowNetwork& network) {
  FlowSolver solver;
  FlowSolution solution;
  solver.solve(network, solution);
  return solution;
}

}  // namespace

bool FlowSolver::same_shape(const FlowNetwork& network) const {
  const auto same = [](const auto& a, const auto& b, auto equal) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
  };
  const auto key = [](const auto& a, const auto& b) { return a.key == b.key; };
  return same(network.classes, network_.classes, key) && same(network.pools, network_.pools, key) &&
         (same_arcs(network, network_) || same(network.arcs, network_.arcs, [](const FlowArc& a, const FlowArc& b) {
            return a.key == b.key && a.demand_class == b.demand_class && a.pool == b.pool;
          }));
}

void FlowSolver::load_shape(const FlowNetwork& network) {
  check_shape(network);
  network_ = network;
  const std::size_t inner = network.classes.size() + network.pools.size();
  root_ = Vertex(inner);
  ends_.clear();
  for (const FlowArc& a : network.arcs) ends_.push_back({vertex(a.demand_class), vertex(a.pool)});
  for (const Vertex v : core::indices<Vertex>(inner)) ends_.push_back({v, root_});
  state_.assign(ends_.size(), State::Empty);
  for (auto* by_vertex : {&below_, &exact_}) by_vertex->assign(inner + 1, 0);
  for (auto* by_vertex : {&flow_, &excess_}) by_vertex->assign(inner + 1, 0);
  size_.assign(inner + 1, 0);
  price_.assign(inner + 1, {});
  link_up();
}

/// The links of each vertex but the root, which is never in the part of a tree that moves.
void FlowSolver::link_up() {
  first_.assign(root_.position() + 2, 0);
  for (const auto& [tail, head] : ends_) {
    ++first_[Vertex(tail.position() + 1)];
    if (head != root_) ++first_[Vertex(head.position() + 1)];
  }
  for (const Vertex v : core::indices<Vertex>(root_.position() + 1)) first_[Vertex(v.position() + 1)] += first_[v];
  incident_.resize(first_[root_]);
  auto next = first_;
  for (const Link link : ends_.ids()) {
    const auto [tail, head] = ends_[link];
    incident_[next[tail]++] = {link, head};
    if (head != root_) incident_[next[head]++] = {link, tail};
  }
}

void FlowSolver::load_lengths() {
  check_arcs(network_);
  length_.assign(ends_.size(), {});
  room_.assign(ends_.size(), kUncapped);
  for (const FlowArcId a : network_.arcs.ids()) {
    const Link link(a.position());
    length_[link] = {network_.arcs[a].cost, hash_of(network_.arcs[a].key)};
    room_[link] = network_.arcs[a].capacity;
  }
  for (const FlowClassId c : network_.classes.ids())
    length_[unserved(c)] = {network_.classes[c].unserved_penalty, hash_of(network_.classes[c].key ^ kUnservedSalt)};
}

void FlowSolver::load_sizes() {
  for (const FlowClassId c : network_.classes.ids()) size_[vertex(c)] = network_.classes[c].demand;
  for (const FlowPoolId p : network_.pools.ids()) size_[vertex(p)] = network_.pools[p].capacity;
}

/// The first tree: every class takes its cheapest link, as if all pools had room.
void FlowSolver::plant() {
  std::fill(state_.begin(), state_.end(), State::Empty);
  full_.clear();
  up_.assign(root_.position() + 1, root_);
  up_link_.assign(root_.position() + 1, Link());
  order_.assign(1, root_);
  for (const FlowPoolId p : network_.pools.ids()) {
    up_link_[vertex(p)] = use(p);
    order_.push_back(vertex(p));
  }
  for (const FlowClassId c : network_.classes.ids()) {
    const Vertex v = vertex(c);
    Link best = unserved(c);
    for (std::size_t i = first_[v]; i < first_[Vertex(v.position() + 1)]; ++i)
      if (length_[incident_[i].link] < length_[best]) best = incident_[i].link;
    up_link_[v] = best;
    up_[v] = ends_[best].head;
    order_.push_back(v);
  }
  for (const Vertex v : order_)
    if (v != root_) state_[up_link_[v]] = State::InTree;
}

void FlowSolver::find_prices() {
  for (const Vertex v : order_) {
    if (v == root_) continue;
    const Link link = up_link_[v];
    price_[v] = leaves(v) ? length_[link] + price_[up_[v]] : price_[up_[v]] - length_[link];
  }
}

void FlowSolver::set_state(Link link, State state) {
  if (state_[link] == State::Full) std::erase(full_, link);
  if (state == State::Full) full_.push_back(link);
  state_[link] = state;
}

/// After new costs: a link that saves at the prices of the tree is filled, one that loses is emptied.
void FlowSolver::flip_bargains() {
  for (const Link link : ends_.ids()) {
    if (state_[link] == State::InTree) continue;
    const bool saves = reduced(link) < Length{};
    if (saves != (state_[link] == State::Full)) set_state(link, saves ? State::Full : State::Empty);
  }
}

/// The flows of the tree, which follow from what is wanted and from the full links.
/// Returns: the vertex whose link is the furthest beyond its limits; none: the flow is the cheapest.
FlowSolver::Vertex FlowSolver::find_flows() {
  for (const Vertex v : excess_.ids()) excess_[v] = is_class(v) ? size_[v] : 0;
  for (const Link link : full_) {
    const std::int64_t carried = most(link);
    excess_[ends_[link].tail] -= carried;
    excess_[ends_[link].head] += carried;
  }
  Vertex worst;
  std::int64_t furthest = 0;
  for (std::size_t i = order_.size(); i-- > 1;) {
    const Vertex v = order_[i];
    flow_[v] = leaves(v) ? excess_[v] : -excess_[v];
    excess_[up_[v]] += excess_[v];
    const std::int64_t beyond = std::max(-flow_[v], flow_[v] - most(up_link_[v]));
    if (beyond <= furthest) continue;
    furthest = beyond;
    worst = v;
  }
  return worst;
}

void FlowSolver::mark_below(Vertex top) {
  below_[root_] = 0;
  for (const Vertex v : order_)
    if (v != root_) below_[v] = v == top || below_[up_[v]] ? 1 : 0;
}

/// Links of a vertex below the cut that could bring more into the part below, or take more out of it.
void FlowSolver::collect(Vertex v, bool inwards) {
  for (std::size_t i = first_[v]; i < first_[Vertex(v.position() + 1)]; ++i) {
    const auto& [link, other] = incident_[i];
    if (below_[other] || state_[link] == State::InTree) continue;
    const bool full = state_[link] == State::Full;
    const bool brings = (ends_[link].head == v) != full;
    if (brings == inwards) candidates_.push_back({full ? Length{} - reduced(link) : reduced(link), link});
  }
}

/// The link that takes the excess over. Cheaper ones that cannot take all of it are filled, or emptied, on the way.
FlowSolver::Link FlowSolver::choose(std::int64_t excess) {
  const auto dearer = [](const Candidate& a, const Candidate& b) { return b.length < a.length; };
  std::make_heap(candidates_.begin(), candidates_.end(), dearer);
  while (true) {
    // All could stay unserved, so there is always a link to take the excess.
    if (candidates_.empty()) throw std::logic_error("flow network: nowhere to go with what a pool cannot take");
    std::pop_heap(candidates_.begin(), candidates_.end(), dearer);
    const Link link = candidates_.back().link;
    candidates_.pop_back();
    excess -= most(link);
    if (excess <= 0) return link;
    set_state(link, state_[link] == State::Full ? State::Empty : State::Full);
  }
}

/// Prices below the cut follow the link that joins it to the rest.
void FlowSolver::move_prices(Link entering) {
  const Length gap = reduced(entering);
  const Length step = below_[ends_[entering].tail] ? gap : Length{} - gap;
  for (const Vertex v : order_)
    if (below_[v]) price_[v] = price_[v] + step;
}

/// Hangs the part below the cut on the other end of the entering link: the way from there up to `top` turns round.
void FlowSolver::rehang(Vertex top, Link entering) {
  const auto [tail, head] = ends_[entering];
  Vertex v = below_[tail] ? tail : head, on = below_[tail] ? head : tail;
  Link by = entering;
  way_.clear();
  while (true) {
    const Vertex next = std::exchange(up_[v], on);
    const Link next_by = std::exchange(up_link_[v], by);
    way_.push_back(v);
    below_[v] = 2;
    if (v == top) break;
    on = v;
    v = next;
    by = next_by;
  }
  reordered_.clear();
  for (const Vertex u : order_)
    if (below_[u] == 0) reordered_.push_back(u);
  reordered_.insert(reordered_.end(), way_.begin(), way_.end());
  for (const Vertex u : order_)
    if (below_[u] == 1) reordered_.push_back(u);
  order_.swap(reordered_);
}

/// Takes the link by which `top` hangs out of the tree, at the limit that it breaks, and the cheapest other one in.
/// Every pivot raises the dual cost, because no two ways are equally long, so pivots end.
void FlowSolver::pivot(Vertex top) {
  const Link leaving = up_link_[top];
  const bool too_much = flow_[top] > 0;
  const std::int64_t excess = too_much ? flow_[top] - most(leaving) : -flow_[top];
  mark_below(top);
  candidates_.clear();
  for (const Vertex v : order_)
    if (below_[v]) collect(v, leaves(top) != too_much);
  const Link entering = choose(excess);
  move_prices(entering);
  set_state(entering, State::InTree);
  set_state(leaving, too_much ? State::Full : State::Empty);
  rehang(top, entering);
}

void FlowSolver::put(Link link, std::int64_t flow, FlowSolution& solution) const {
  const std::size_t arcs = network_.arcs.size(), classes = network_.classes.size();
  const std::size_t at = link.position();
  solution.cost += Int128{flow} * length_[link].cost;
  if (at < arcs)
    solution.flow[FlowArcId(at)] = flow;
  else if (at < arcs + classes)
    solution.unserved[FlowClassId(at - arcs)] = flow;
  else
    solution.slack[FlowPoolId(at - arcs - classes)] -= flow;
}

void FlowSolver::answer(FlowSolution& solution) const {
  solution.flow.assign(network_.arcs.size(), 0);
  solution.unserved.assign(network_.classes.size(), 0);
  solution.slack.resize(network_.pools.size());
  solution.rent.resize(network_.pools.size());
  solution.cost = 0;
  for (const FlowPoolId p : network_.pools.ids()) solution.slack[p] = network_.pools[p].capacity;
  for (const Vertex v : order_)
    if (v != root_) put(up_link_[v], flow_[v], solution);
  for (const Link link : full_) put(link, most(link), solution);
}

/// A pool's price in the tree is its rent where a unit can come from the root to it against the flows of the tree. A
/// rent is never negative, though the price of a pool that nobody uses may be.
/// Returns: whether that is so for all pools.
bool FlowSolver::find_exact(FlowSolution& solution) {
  exact_[root_] = 1;
  for (const Vertex v : order_) {
    if (v == root_) continue;
    const bool passes = leaves(v) ? flow_[v] > 0 : flow_[v] < room_[up_link_[v]];
    const bool worthless = !is_class(v) && price_[v].cost <= 0;  // nothing is used of it, or not all
    exact_[v] = worthless || (exact_[up_[v]] && passes) ? 1 : 0;
  }
  bool all = true;
  for (const FlowPoolId p : network_.pools.ids()) {
    const bool exact = exact_[vertex(p)] != 0;
    solution.rent[p] = exact ? std::max<std::int64_t>(0, price_[vertex(p)].cost) : 0;
    all = all && exact;
  }
  return all;
}

/// One more unit in a pool draws in the cheapest chain of moves that ends there; a chain may begin at any pool that
/// gives up a unit, or at "unserved". No chain is a negative cycle, so this settles in at most as many rounds as there
/// are pools.
void FlowSolver::relax_rents(FlowSolution& solution) {
  core::Table<FlowClassId, std::int64_t> freed(network_.classes.size());  // what a unit of the class saves elsewhere
  for (bool improved = true; improved;) {
    improved = false;
    for (const FlowClassId c : freed.ids())
      freed[c] = solution.unserved[c] > 0 ? network_.classes[c].unserved_penalty : -kUncapped;
    for (const FlowArcId a : network_.arcs.ids()) {
      const FlowArc& arc = network_.arcs[a];
      if (solution.flow[a] > 0)
        freed[arc.demand_class] = std::max(freed[arc.demand_class], solution.rent[arc.pool] + arc.cost);
    }
    for (const FlowArcId a : network_.arcs.ids()) {
      const FlowArc& arc = network_.arcs[a];
      if (solution.flow[a] == arc.capacity || freed[arc.demand_class] == -kUncapped) continue;
      const std::int64_t saved = freed[arc.demand_class] - arc.cost;
      if (saved <= solution.rent[arc.pool]) continue;
      solution.rent[arc.pool] = saved;
      improved = true;
    }
  }
}

void FlowSolver::rents(FlowSolution& solution) {
  if (!find_exact(solution)) relax_rents(solution);
}

void FlowSolver::solve(const FlowNetwork& network, FlowSolution& solution) {
  const bool warm = std::exchange(solved_, false) && same_shape(network);
  const bool same_lengths = warm && same_arcs(network, network_) && same_penalties(network, network_);
  check_sizes(network);
  if (!warm) load_shape(network);
  if (warm && !same_lengths) network_.arcs = network.arcs;
  network_.classes = network.classes;
  network_.pools = network.pools;
  load_sizes();
  if (!same_lengths) {
    load_lengths();
    if (!warm) plant();
    find_prices();
    if (warm) flip_bargains();
  }
  for (Vertex worst = find_flows(); worst.exists(); worst = find_flows()) pivot(worst);
  answer(solution);
  rents(solution);
  solved_ = true;
  assert(flow_dual_bound(network, solution.rent) == solution.cost && "the flow is not the cheapest");
  assert((!warm || solution == solved_from_nothing(network)) && "the flow depends on the one before");
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
