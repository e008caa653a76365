#include "sim/market/contracts/box.hpp"

namespace rackrate::market::contracts {

bool empty(const Box& box) {
  return box.labs.empty() || box.segments.empty() || box.regions.empty() || box.actors.empty() ||
         box.products.empty() || box.model_classes.empty();
}

Box intersection(const Box& a, const Box& b) {
  Box out;
  out.labs = a.labs & b.labs;
  out.segments = a.segments & b.segments;
  out.regions = a.regions & b.regions;
  out.actors = a.actors & b.actors;
  out.products = a.products & b.products;
  out.model_classes = a.model_classes & b.model_classes;
  return out;
}

namespace {

/// Splits off the part of `rest` outside `cut` along one dimension, and keeps the inside in `rest`.
template <class Set>
void split_off(Box& rest, Set Box::*dimension, const Set& cut, Boxes& out) {
  Box outside = rest;
  outside.*dimension = rest.*dimension - cut;
  if (!empty(outside)) out.push_back(outside);
  rest.*dimension = rest.*dimension & cut;
}

}  // namespace

Boxes difference(const Box& a, const Box& b) {
  if (empty(a)) return {};
  if (empty(intersection(a, b))) return {a};
  Boxes out;
  Box rest = a;
  split_off(rest, &Box::labs, b.labs, out);
  split_off(rest, &Box::segments, b.segments, out);
  split_off(rest, &Box::regions, b.regions, out);
  split_off(rest, &Box::actors, b.actors, out);
  split_off(rest, &Box::products, b.products, out);
  split_off(rest, &Box::model_classes, b.model_classes, out);
  return out;
}

Boxes difference(const Boxes& a, const Boxes& b) {
  Boxes left = a;
  for (const Box& cut : b) {
    Boxes next;
    for (const Box& box : left)
      for (const Box& piece : difference(box, cut)) next.push_back(piece);
    left = std::move(next);
  }
  return left;
}

Boxes intersection(const Boxes& a, const Boxes& b) {
  Boxes out;
  for (const Box& one : a)
    for (const Box& other : b)
      if (const Box both = intersection(one, other); !empty(both)) out.push_back(both);
  return out;
}

}  // namespace rackrate::market::contracts
