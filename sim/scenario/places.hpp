#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/scenario/document.hpp"

namespace rackrate::scenario {

/// (file, line, column) of every key and value of a tree, depth first in the order of its keys. A text that the tree is
/// written to, read again, has places of its own; these give it back the places of the files it came from.
[[nodiscard]] std::vector<std::int32_t> places_of(const Node& root);

/// The inverse. False, and the tree has some of the places, if they are not those of a tree of this shape over `files`
/// files.
bool set_places(Node& root, std::span<const std::int32_t> places, std::size_t files);

}  // namespace rackrate::scenario
