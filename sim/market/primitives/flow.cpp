#include "sim/market/primitives/flow.hpp"

#include <cassert>
#include <stdexcept>
#include <string>
#include <utility>

#include "sim/market/primitives/require.hpp"

namespace rackrate::market {
namespace {

constexpr std::size_t kMostPools = 1000;
constexpr std::size_t kMostArcs = 1000;  ///< of a class
constexpr std::int64_t kLargestCost = std::int64_t{1} << 44;
// A class has at most 1001 links, each of which may be full at a time: flows stay below 2^62.
constexpr std::int64_t kLargestSum = std::int64_t{1} << 52;
constexpr std::uint64_t kUnservedSalt =
    0x756e736572766564ULL;  // an unserved arc hashes unlike any other use of the class key

/// Of a link that costs what the tree does, but for the hash: less than any cost.
constexpr std::int64_t kWrongByHash = 1;

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

/// What two lists of as many arcs differ in. Without branches: there are thousands, and costs move on most days.
struct ArcDifference {
  std::uint64_t links = 0, costs = 0, room = 0;  ///< 0: nothing
};

ArcDifference difference_of(const FlowNetwork& a, const FlowNetwork& b) {
  ArcDifference out;
  const auto bits = [](std::int64_t x, std::int64_t y) { return static_cast<std::uint64_t>(x ^ y); };
  for (const FlowArcId id : a.arcs.ids()) {
    const FlowArc &x = a.arcs[id], &y = b.arcs[id];
    out.links |= (x.key ^ y.key) | bits(x.demand_class.number(), y.demand_class.number()) |
                 bits(x.pool.number(), y.pool.number());
    out.costs |= bits(x.cost, y.cost);
    out.room |= bits(x.capacity, y.capacity);
  }
  return out;
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

FlowSolver::Difference FlowSolver::difference(const FlowNetwork& network) const {
  const auto same_keys = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.key == y.key; });
  };
  if (!same_keys(network.classes, network_.classes) || !same_keys(network.pools, network_.pools) ||
      network.arcs.size() != network_.arcs.size())
    return {.shape = true};
  const ArcDifference arcs = difference_of(network, network_);
  return {
      .shape = arcs.links != 0, .costs = arcs.costs != 0 || !same_penalties(network, network_), .room = arcs.room != 0};
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
    room_[Link(a.position())] = network_.arcs[a].capacity = network.arcs[a].capacity;
  }
}

void FlowSolver::load_costs(const FlowNetwork& network) {
  for (const FlowArcId a : network.arcs.ids()) {
    require(small(network.arcs[a].cost), "flow network", "an arc cost is 2^44 or more");
    cost_[Link(a.position())] = network_.arcs[a].cost = network.arcs[a].cost;
  }
  for (const FlowClassId c : network.classes.ids()) cost_[unserved(c)] = network.classes[c].unserved_penalty;
}

void FlowSolver::load_sizes(const FlowNetwork& network) {
  network_.classes = network.classes;
  network_.pools = network.pools;
  for (const FlowClassId c : network.classes.ids()) size_[vertex(c)] = network.classes[c].demand;
  for (const FlowPoolId p : network.pools.ids()) size_[vertex(p)] = network.pools[p].capacity;
}

/// The first tree: every class takes its cheapest link, as if all pools had room.
void FlowSolver::plant() {
  state_.assign(ends_.size(), State::Empty);
  full_.clear();
  up_.assign(root_.position() + 1, root_);
  up_link_.assign(root_.position() + 1, Link());
  below_.assign(root_.position() + 1, 1);
  for (const FlowPoolId p : network_.pools.ids()) up_link_[vertex(p)] = use(p);
  for (const FlowClassId c : network_.classes.ids()) {
    const auto links = out_.of(vertex(c));
    const auto cheaper = [this](const Incident& a, const Incident& b) {
      return cost_[a.link] != cost_[b.link] ? cost_[a.link] < cost_[b.link] : hash_[a.link] < hash_[b.link];
    };
    const Incident& best = *std::min_element(links.begin(), links.end(), cheaper);
    up_link_[vertex(c)] = best.link;
    up_[vertex(c)] = best.other;
    if (best.other != root_) ++below_[best.other];
  }
  below_[root_] = root_.position() + 1;
  lay_out();
  for (const Vertex v : order_)
    if (v != root_) state_[up_link_[v]] = State::InTree;
}

/// The order of the first tree: the root, then each pool before its classes, then the classes that nobody serves.
void FlowSolver::lay_out() {
  order_.assign(root_.position() + 1, root_);
  at_.assign(root_.position() + 1, 0);
  std::size_t next = 1;
  for (const FlowPoolId p : network_.pools.ids()) {
    at_[vertex(p)] = next;
    next += below_[vertex(p)];
  }
  auto free = at_;  // the last place that was given away behind a pool
  for (const FlowClassId c : network_.classes.ids()) {
    const Vertex v = vertex(c);
    at_[v] = up_[v] == root_ ? next++ : ++free[up_[v]];
  }
  for (const Vertex v : at_.ids()) order_[at_[v]] = v;
}

void FlowSolver::find_costs() {
  for (const Vertex v : order_) {
    if (v == root_) continue;
    const Link link = up_link_[v];
    price_[v] = leaves(v) ? price_[up_[v]] + cost_[link] : price_[up_[v]] - cost_[link];
  }
}

void FlowSolver::find_hashes() {
  for (const Vertex v : order_) {
    if (v == root_) continue;
    const Link link = up_link_[v];
    price_hash_[v] = leaves(v) ? price_hash_[up_[v]] + hash_[link] : price_hash_[up_[v]] - hash_[link];
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
    const std::int64_t cost = reduced_cost(link);
    const bool saves = cost < 0 || (cost == 0 && reduced_hash(link) < 0);
    if (saves != (state_[link] == State::Full)) set_state(link, saves ? State::Full : State::Empty);
  }
}

/// The flows of the tree, which follow from what is wanted and from the full links.
void FlowSolver::find_flows() {
  for (const Vertex v : excess_.ids()) excess_[v] = is_class(v) ? size_[v] : 0;
  for (const Link link : full_) {
    const std::int64_t carried = most(link);
    excess_[ends_[link].tail] -= carried;
    excess_[ends_[link].head] += carried;
  }
  for (std::size_t i = order_.size(); i-- > 1;) {
    const Vertex v = order_[i];
    flow_[v] = leaves(v) ? excess_[v] : -excess_[v];
    limit_[v] = most(up_link_[v]);
    excess_[up_[v]] += excess_[v];
  }
}

/// The vertex whose link is the furthest beyond its limits; none: the flow is the cheapest.
FlowSolver::Vertex FlowSolver::furthest_beyond() const {
  Vertex worst;
  std::int64_t furthest = 0;
  for (const Vertex v : flow_.ids()) {  // nothing flows out of the root
    const std::int64_t beyond = std::max(-flow_[v], flow_[v] - limit_[v]);
    if (beyond <= furthest) continue;
    furthest = beyond;
    worst = v;
  }
  return worst;
}

/// The links across the cut above `top` that could bring more into the part below it, or take more out of it.
void FlowSolver::collect(Vertex top, bool inwards) {
  candidates_.clear();
  const Range below = part(top);
  const Incidence& own = inwards ? in_ : out_;
  const Incidence& others = inwards ? out_ : in_;
  std::size_t inside = 0, outside = ends_.size();  // links to be looked at from either side
  for (std::size_t i = below.begin; i < below.end; ++i) {
    inside += own.count(order_[i]);
    outside -= others.count(order_[i]);
  }
  if (inside <= outside) {
    collect_empty(own, below, below);
  } else {
    collect_empty(others, {0, below.begin}, below);
    collect_empty(others, {below.end, order_.size()}, below);
  }
  for (const Link link : full_) {
    const auto [tail, head] = ends_[link];
    if (within(below, inwards ? tail : head) && !within(below, inwards ? head : tail))
      candidates_.push_back({-reduced_cost(link), link});
  }
}

/// Empty links between a vertex in a range of the order and one on the other side of the cut.
void FlowSolver::collect_empty(const Incidence& links, Range from, Range below) {
  const bool from_below = from.begin == below.begin;
  for (std::size_t i = from.begin; i < from.end; ++i)
    for (const auto& [link, other] : links.of(order_[i]))
      if (state_[link] == State::Empty && within(below, other) != from_below)
        candidates_.push_back({reduced_cost(link), link});
}

/// The link that takes the excess over. Cheaper ones that cannot take all of it are filled, or emptied, on the way.
FlowSolver::Link FlowSolver::choose(std::int64_t excess) {
  const auto gap = [this](Link link) { return state_[link] == State::Full ? -reduced_hash(link) : reduced_hash(link); };
  const auto dearer = [&gap](const Candidate& a, const Candidate& b) {
    return a.cost != b.cost ? b.cost < a.cost : gap(b.link) < gap(a.link);
  };
  for (bool first = true;; first = false) {
    // All could stay unserved, so there is always a link to take the excess.
    if (candidates_.empty()) throw std::logic_error("flow network: nowhere to go with what a pool cannot take");
    if (first) {  // most often it is enough
      std::iter_swap(std::max_element(candidates_.begin(), candidates_.end(), dearer), candidates_.end() - 1);
    } else {
      std::pop_heap(candidates_.begin(), candidates_.end(), dearer);
    }
    const Link link = candidates_.back().link;
    candidates_.pop_back();
    excess -= most(link);
    if (excess <= 0) return link;
    if (first) std::make_heap(candidates_.begin(), candidates_.end(), dearer);
    flip(link);
  }
}

/// Fills an empty link, or empties a full one; the tree carries the difference.
void FlowSolver::flip(Link link) {
  const bool full = state_[link] == State::Full;
  const std::int64_t more = full ? -most(link) : most(link);
  set_state(link, full ? State::Empty : State::Full);
  send(ends_[link].tail, -more);
  send(ends_[link].head, more);
}

/// What arrives at a vertex goes to the root, along the tree.
void FlowSolver::send(Vertex from, std::int64_t amount) {
  for (Vertex v = from; v != root_; v = up_[v]) flow_[v] += leaves(v) ? amount : -amount;
}

/// Prices below the cut follow the link that joins it to the rest.
void FlowSolver::move_prices(Range below, Link entering) {
  const bool out = within(below, ends_[entering].tail);
  const std::int64_t cost = out ? reduced_cost(entering) : -reduced_cost(entering);
  const Int128 hash = out ? reduced_hash(entering) : -reduced_hash(entering);
  for (std::size_t i = below.begin; i < below.end; ++i) {
    price_[order_[i]] += cost;
    price_hash_[order_[i]] += hash;
  }
}

/// Hangs the part below the cut on the other end of the entering link.
void FlowSolver::hang(Vertex top, Link entering, std::int64_t carried) {
  const auto [tail, head] = ends_[entering];
  const bool out = within(part(top), tail);
  const Vertex inner = out ? tail : head, outer = out ? head : tail;
  const Range from = part(top);
  const std::size_t count = below_[top];
  for (Vertex v = up_[top]; v != root_; v = up_[v]) below_[v] -= count;
  for (Vertex v = outer; v != root_; v = up_[v]) below_[v] += count;
  lay_out_from(inner, top);
  move_block(from, outer);
  turn_round(inner, top, outer, entering, carried);
}

/// The order of the part below `top`, once it hangs on `inner`: what hangs there now, then the rest of what hangs on
/// the vertex above it, and so on.
void FlowSolver::lay_out_from(Vertex inner, Vertex top) {
  block_.clear();
  Range done{at_[inner], at_[inner]};
  for (Vertex v = inner;; v = up_[v]) {
    const Range all = part(v);
    const auto place = [this](std::size_t i) { return order_.begin() + static_cast<std::ptrdiff_t>(i); };
    block_.insert(block_.end(), place(all.begin), place(done.begin));
    block_.insert(block_.end(), place(done.end), place(all.end));
    done = all;
    if (v == top) break;
  }
}

/// Moves the block to the places behind a vertex outside it.
void FlowSolver::move_block(Range from, Vertex behind) {
  const std::size_t count = from.end - from.begin;
  const auto place = [this](std::size_t i) { return order_.begin() + static_cast<std::ptrdiff_t>(i); };
  Range moved{};  // everything that gets another place
  if (at_[behind] < from.begin) {
    moved = {at_[behind] + 1, from.end};
    std::copy_backward(place(moved.begin), place(from.begin), place(from.end));
    std::copy(block_.begin(), block_.end(), place(moved.begin));
  } else {
    moved = {from.begin, at_[behind] + 1};
    std::copy(place(from.end), place(moved.end), place(from.begin));
    std::copy(block_.begin(), block_.end(), place(moved.end - count));
  }
  for (std::size_t i = moved.begin; i < moved.end; ++i) at_[order_[i]] = i;
}

/// The way from `inner` up to `top` turns round: each vertex of it hangs on the one that hung on it.
void FlowSolver::turn_round(Vertex inner, Vertex top, Vertex outer, Link entering, std::int64_t carried) {
  const std::size_t count = below_[top];
  Vertex v = inner, on = outer;
  Link by = entering;
  std::size_t cut = 0;  // what hung on the vertex before
  while (true) {
    const Vertex next = std::exchange(up_[v], on);
    by = std::exchange(up_link_[v], by);
    carried = std::exchange(flow_[v], carried);
    limit_[v] = most(up_link_[v]);
    cut = std::exchange(below_[v], count - cut);
    if (v == top) break;
    on = v;
    v = next;
  }
}

/// Takes the link by which `top` hangs out of the tree, at the limit that it breaks, and the cheapest other one in.
/// Every pivot raises the dual cost, because no two ways are equally long, so pivots end.
void FlowSolver::pivot(Vertex top) {
  const Link leaving = up_link_[top];
  const bool too_much = flow_[top] > 0;
  const std::int64_t limit = too_much ? limit_[top] : 0;
  collect(top, leaves(top) != too_much);
  const Link entering = choose(too_much ? flow_[top] - limit : -flow_[top]);
  const auto [tail, head] = ends_[entering];
  const std::int64_t beyond = flow_[top] - limit;
  const std::int64_t more = within(part(top), tail) == leaves(top) ? beyond : -beyond;
  const std::int64_t carried = (state_[entering] == State::Full ? most(entering) : 0) + more;
  send(tail, -more);
  send(head, more);
  move_prices(part(top), entering);
  set_state(entering, State::InTree);
  set_state(leaving, too_much ? State::Full : State::Empty);
  hang(top, entering, carried);
}

/// Sizes changed, prices did not: the tree is one of cheapest links, and what it overfills is moved.
void FlowSolver::follow_sizes() {
  for (Vertex worst = furthest_beyond(); worst.exists(); worst = furthest_beyond()) pivot(worst);
}

/// Costs changed, sizes did not: the flow fits, and what has become too dear is moved to what has become a bargain.
/// Such a step may move nothing, and many of those could go round in a circle; then the bargains are all filled at
/// once, and what that overfills is moved, which ends.
void FlowSolver::follow_costs() {
  std::size_t left = order_.size();
  while (find_wrong()) {
    for (Link link = most_wrong(); link.exists(); link = most_wrong()) {
      if (left-- == 0) {
        flip_bargains();
        find_flows();
        return follow_sizes();
      }
      pull(link);
    }
  }
}

/// How wrong a link is at the prices of the tree: empty, and what a unit on it saves; or full, and what it loses.
std::int64_t FlowSolver::wrong_by(Link link) const {
  const std::int64_t cost = side(link) * reduced_cost(link);
  if (cost != 0) return std::max<std::int64_t>(0, cost);
  return side(link) * reduced_hash(link) > 0 ? kWrongByHash : 0;
}

/// All links that are wrong. The first look at them has no branches; ties are decided in the second.
bool FlowSolver::find_wrong() {
  wrong_.resize(ends_.size());
  std::size_t found = 0;
  for (const Vertex v : core::indices<Vertex>(root_.position())) {
    const std::int64_t price = price_[v];
    for (const auto& [link, other] : out_.of(v)) {
      wrong_[found] = link;
      const int here = side(link);
      found += static_cast<std::size_t>((here * (cost_[link] + price_[other] - price) >= 0) & (here != 0));
    }
  }
  wrong_.resize(found);
  std::erase_if(wrong_, [this](Link link) { return wrong_by(link) == 0; });
  return !wrong_.empty();
}

/// Of those found. None: prices have moved so that all are right.
FlowSolver::Link FlowSolver::most_wrong() {
  Link worst;
  std::int64_t most = 0;
  for (std::size_t i = wrong_.size(); i-- > 0;) {
    const std::int64_t by = wrong_by(wrong_[i]);
    if (by == 0) {
      wrong_[i] = wrong_.back();
      wrong_.pop_back();
    } else if (by > most) {
      most = by;
      worst = wrong_[i];
    }
  }
  return worst;
}

/// Moves as much as fits onto a bargain, or away from a link that is too dear, and back through the tree. The first
/// link of the tree that cannot give or take more leaves it.
void FlowSolver::pull(Link entering) {
  const auto [tail, head] = ends_[entering];
  const bool full = state_[entering] == State::Full;
  std::int64_t amount = most(entering);
  Vertex blocking;
  bool taken = false;  // from the blocking link
  const auto walk = [&](Vertex from, Vertex other, bool out) {
    for (Vertex v = from; !within(part(v), other); v = up_[v]) {
      const bool takes = leaves(v) == out;
      const std::int64_t room = takes ? flow_[v] : limit_[v] - flow_[v];
      if (room >= amount) continue;
      amount = room;
      blocking = v;
      taken = takes;
    }
  };
  walk(tail, head, !full);  // what goes over the link no longer goes through the tree
  walk(head, tail, full);
  const std::int64_t more = full ? -amount : amount;
  const std::int64_t carried = (full ? most(entering) : 0) + more;
  send(tail, -more);
  send(head, more);
  if (!blocking.exists()) return set_state(entering, full ? State::Empty : State::Full);
  const Link leaving = up_link_[blocking];
  move_prices(part(blocking), entering);
  set_state(entering, State::InTree);
  set_state(leaving, taken ? State::Empty : State::Full);
  hang(blocking, entering, carried);
}

void FlowSolver::put(Link link, std::int64_t flow, FlowSolution& solution) const {
  const std::size_t arcs = network_.arcs.size(), classes = network_.classes.size();
  const std::size_t at = link.position();
  solution.cost += Int128{flow} * cost_[link];
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
    const bool worthless = !is_class(v) && price_[v] <= 0;  // nothing is used of it, or not all
    exact_[v] = worthless || (exact_[up_[v]] && passes) ? 1 : 0;
  }
  bool all = true;
  for (const FlowPoolId p : network_.pools.ids()) {
    const bool exact = exact_[vertex(p)] != 0;
    solution.rent[p] = exact ? std::max<std::int64_t>(0, price_[vertex(p)]) : 0;
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
  const Difference changed = std::exchange(solved_, false) ? difference(network) : Difference{.shape = true};
  const bool warm = !changed.shape;
  check_sizes(network);
  if (!warm) load_shape(network);
  load_sizes(network);
  if (!warm || changed.room) load_room(network);
  if (!warm) {
    load_costs(network);
    plant();
    find_hashes();
    find_costs();
  }
  find_flows();
  follow_sizes();
  if (warm && changed.costs) {
    load_costs(network);
    find_costs();
    follow_costs();
  }
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
