#include "sim/market/primitives/flow.hpp"

#include <stdexcept>

/// New sizes: a dual simplex with long steps.
namespace rackrate::market {
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

/// The links across the cut above `top` that could bring more into the part below it, or take more out of it: empty
/// ones in that direction and full ones in the other. Looked for where there are fewer links to look at.
void FlowSolver::collect(Vertex top, bool inwards) {
  candidates_.clear();
  const Range below = part(top);
  const Incidence& own = inwards ? in_ : out_;
  const Incidence& others = inwards ? out_ : in_;
  std::size_t of_own = 0, of_others = 0;  // links of the part below
  for (std::size_t i = below.begin; i < below.end; ++i) {
    of_own += own.count(order_[i]);
    of_others += others.count(order_[i]);
  }
  if (of_own + of_others <= ends_.size()) {
    collect_from(own, below, below, State::Empty);
  } else {
    collect_from(others, {0, below.begin}, below, State::Empty);
    collect_from(others, {below.end, order_.size()}, below, State::Empty);
  }
  if (of_others <= full_.size()) {
    collect_from(others, below, below, State::Full);
  } else {
    for (const Link link : full_) {
      const auto [tail, head] = ends_[link];
      if (within(below, inwards ? tail : head) && !within(below, inwards ? head : tail))
        candidates_.push_back({-reduced_cost(link), link});
    }
  }
}

/// Links of this state between a vertex in a range of the order and one on the other side of the cut.
void FlowSolver::collect_from(const Incidence& links, Range from, Range below, State state) {
  const bool from_below = from.begin == below.begin;
  for (std::size_t i = from.begin; i < from.end; ++i)
    for (const auto& [link, other] : links.of(order_[i]))
      if (state_[link] == state && within(below, other) != from_below)
        candidates_.push_back({state == State::Full ? -reduced_cost(link) : reduced_cost(link), link});
}

/// Moves the cheapest candidate to the end of the list: the least cost first, without branches, then the hash among
/// those that cost as much.
void FlowSolver::put_cheapest_last() {
  std::int64_t least = kUncapped;
  for (const Candidate& c : candidates_) least = std::min(least, c.cost);
  std::size_t best = candidates_.size();
  for (std::size_t i = 0; i < candidates_.size(); ++i)
    if (candidates_[i].cost == least && (best == candidates_.size() || gap(candidates_[i]) < gap(candidates_[best])))
      best = i;
  std::swap(candidates_[best], candidates_.back());
}

/// The link that takes the excess over. Cheaper ones that cannot take all of it are filled, or emptied, on the way.
FlowSolver::Link FlowSolver::choose(std::int64_t excess) {
  const auto dearer = [this](const Candidate& a, const Candidate& b) {
    return a.cost != b.cost ? b.cost < a.cost : gap(b) < gap(a);
  };
  for (bool first = true;; first = false) {
    // All could stay unserved, so there is always a link to take the excess.
    if (candidates_.empty()) throw std::logic_error("flow network: nowhere to go with what a pool cannot take");
    if (first) {  // most often it is enough
      put_cheapest_last();
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

}  // namespace rackrate::market
