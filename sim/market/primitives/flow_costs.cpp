#include "sim/market/primitives/flow.hpp"

/// New costs: a primal simplex.
namespace rackrate::market {
namespace {

/// Of a link that costs what the tree does, but for the hash: less than any cost.
constexpr std::int64_t kWrongByHash = 1;

}  // namespace

/// Costs changed, sizes did not: the flow fits, and what has become too dear is moved to what has become a bargain.
/// Such a step may move nothing, and many of those could go round in a circle; then the bargains are all filled at
/// once, and what that overfills is moved, which ends. So it is done at once where many links are wrong: most of them
/// carry little, and a step for each costs more.
void FlowSolver::follow_costs() {
  bool wrong = find_wrong();
  std::size_t left = wrong_.size() > order_.size() / 4 ? 0 : order_.size();
  for (; wrong; wrong = find_wrong_at_moved()) {
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

/// After new costs: a link that saves at the prices of the tree is filled, one that loses is emptied.
void FlowSolver::flip_bargains() {
  for (const Link link : ends_.ids()) {
    if (state_[link] == State::InTree) continue;
    const std::int64_t cost = reduced_cost(link);
    const bool saves = cost < 0 || (cost == 0 && reduced_hash(link) < 0);
    if (saves != (state_[link] == State::Full)) set_state(link, saves ? State::Full : State::Empty);
  }
}

/// How wrong a link is at the prices of the tree: empty, and what a unit on it saves; or full, and what it loses.
std::int64_t FlowSolver::wrong_by(Link link) const {
  const std::int64_t cost = side(link) * reduced_cost(link);
  if (cost != 0) return std::max<std::int64_t>(0, cost);
  return side(link) * reduced_hash(link) > 0 ? kWrongByHash : 0;
}

/// Puts the link behind those found and counts it where it may be wrong at this reduced cost. Without branches: ties
/// are decided in keep_wrong().
inline void FlowSolver::look_at(Link link, std::int64_t cost, std::size_t& found) {
  wrong_[found] = link;
  const int here = side(link);
  found += static_cast<std::size_t>((here * cost >= 0) & (here != 0));
}

/// Of those found, the links that are wrong. From now on moves of prices are counted anew.
void FlowSolver::keep_wrong(std::size_t found) {
  wrong_.resize(found);
  std::erase_if(wrong_, [this](Link link) { return wrong_by(link) == 0; });
  for (const Vertex v : moved_) is_moved_[v] = 0;
  moved_.clear();
}

/// All links that are wrong.
bool FlowSolver::find_wrong() {
  wrong_.resize(ends_.size() + 1);
  std::size_t found = 0;
  for (const Vertex v : core::indices<Vertex>(root_.position())) {
    const std::int64_t price = price_[v];
    for (const auto& [link, other] : out_.of(v)) look_at(link, cost_[link] + price_[other] - price, found);
  }
  keep_wrong(found);
  return !wrong_.empty();
}

/// The same when none was wrong before some prices moved: of the links at what moved. Two that moved may have moved
/// apart, so links between them are looked at too.
bool FlowSolver::find_wrong_at_moved() {
  wrong_.resize(ends_.size() + 1);
  std::size_t found = 0;
  for (const Vertex v : moved_) {
    const std::int64_t price = price_[v];
    for (const auto& [link, other] : out_.of(v)) look_at(link, cost_[link] + price_[other] - price, found);
    for (const auto& [link, other] : in_.of(v))
      if (is_moved_[other] == 0) look_at(link, cost_[link] + price - price_[other], found);
  }
  keep_wrong(found);
  return !wrong_.empty();
}

void FlowSolver::mark_moved(Range vertices) {
  for (std::size_t i = vertices.begin; i < vertices.end; ++i) {
    const Vertex v = order_[i];
    if (is_moved_[v] == 0) moved_.push_back(v);
    is_moved_[v] = 1;
  }
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
  mark_moved(part(blocking));
  move_prices(part(blocking), entering);
  set_state(entering, State::InTree);
  set_state(leaving, taken ? State::Empty : State::Full);
  hang(blocking, entering, carried);
}

}  // namespace rackrate::market
