#pragma once
#include <bitset>
#include <cstdint>
#include <vector>

namespace rackrate::market::contracts {

/// One bit per name of a vocabulary list. The registry refuses longer lists by name.
inline constexpr std::size_t kMaxNames = 256;
using Mask = std::bitset<kMaxNames>;

/// A set of tuples of one role: the product of one set per dimension. Segments and regions have one
/// extra member behind the named ones, "in general", which a tuple that names none asks for.
struct Box {
  Mask labs, segments, regions, actors;
  std::uint16_t products = 0;      ///< bit = Product
  std::uint8_t model_classes = 0;  ///< bit = ModelClass
};

/// A union of boxes, not necessarily disjoint.
using Boxes = std::vector<Box>;

[[nodiscard]] bool empty(const Box& box);
[[nodiscard]] Box intersection(const Box& a, const Box& b);
/// All of `a` that is not in `b`, as disjoint boxes.
[[nodiscard]] Boxes difference(const Box& a, const Box& b);
[[nodiscard]] Boxes difference(const Boxes& a, const Boxes& b);
[[nodiscard]] Boxes intersection(const Boxes& a, const Boxes& b);

}  // namespace rackrate::market::contracts
