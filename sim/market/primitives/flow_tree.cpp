#include "sim/market/primitives/flow.hpp"

#include <utility>

/// The tree of links that carry what the others leave to them: its first shape, its prices and flows, and how it moves.
namespace rackrate::market {
/// The first tree: every class takes its cheapest link, as if all pools had room.
void FlowSolver::plant() {
  state_.assign(ends_.size(), State::Empty);
  full_.clear();
  full_at_.assign(ends_.size(), 0);
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

/// The last of the full links takes the place of one that is full no longer.
void FlowSolver::set_state(Link link, State state) {
  if (state_[link] == State::Full) {
    const std::size_t place = full_at_[link];
    full_[place] = full_.back();
    full_at_[full_[place]] = place;
    full_.pop_back();
  }
  if (state == State::Full) {
    full_at_[link] = full_.size();
    full_.push_back(link);
  }
  state_[link] = state;
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

}  // namespace rackrate::market
