#include "sim/scenario/places.hpp"

namespace rackrate::scenario {
namespace {

/// Calls `visit` with the position of every key and value of a tree; stops where it returns false.
template <class Tree, class Visit>
bool each_place(Tree& node, Visit&& visit) {
  if (!visit(node.at)) return false;
  for (auto& entry : node.entries)
    if (!visit(entry.at) || !each_place(entry.value, visit)) return false;
  for (auto& item : node.items)
    if (!each_place(item, visit)) return false;
  return true;
}

}  // namespace

std::vector<std::int32_t> places_of(const Node& root) {
  std::vector<std::int32_t> out;
  each_place(root, [&](const Position& at) {
    out.insert(out.end(), {at.file, at.line, at.column});
    return true;
  });
  return out;
}

bool set_places(Node& root, std::span<const std::int32_t> places, std::size_t files) {
  std::size_t next = 0;
  const bool fits = each_place(root, [&](Position& at) {
    if (next + 3 > places.size()) return false;
    at = {places[next], places[next + 1], places[next + 2]};
    next += 3;
    return at.file < 0 || static_cast<std::size_t>(at.file) < files;
  });
  return fits && next == places.size();
}

}  // namespace rackrate::scenario
