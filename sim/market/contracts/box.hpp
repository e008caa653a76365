#pragma once
#include <bitset>
#include <vector>

#include "sim/market/vocabulary/ids.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

namespace rackrate::market::contracts {

/// One bit per name of a vocabulary list. The registry refuses longer lists by name.
inline constexpr std::size_t kMaxNames = 256;

/// Who acts in a role: a channel in CHANNEL and IP, a cloud in HOST, TRAIN and RUNTIME.
using ActorId = core::Index<struct ActorTag>;

/// A set of members of one list.
template <class Id, std::size_t Size = kMaxNames>
class SetOf {
 public:
  SetOf() = default;
  [[nodiscard]] static SetOf first(std::size_t count) {
    SetOf set;
    for (std::size_t i = 0; i < count; ++i) set.bits_.set(i);
    return set;
  }
  [[nodiscard]] static SetOf everything() { return first(Size); }

  void insert(Id id) { bits_.set(place(id)); }
  void erase(Id id) { bits_.reset(place(id)); }
  [[nodiscard]] bool contains(Id id) const { return bits_[place(id)]; }
  [[nodiscard]] bool empty() const { return bits_.none(); }
  /// All members, in order.
  [[nodiscard]] auto members() const {
    return core::sequence(
        Size, [](std::size_t i) { return Id(i); }, [bits = bits_](std::size_t i) { return bits[i]; });
  }

  friend SetOf operator&(const SetOf& a, const SetOf& b) { return SetOf(a.bits_ & b.bits_); }
  friend SetOf operator|(const SetOf& a, const SetOf& b) { return SetOf(a.bits_ | b.bits_); }
  /// Members of `a` that are not in `b`.
  friend SetOf operator-(const SetOf& a, const SetOf& b) { return SetOf(a.bits_ & ~b.bits_); }
  friend bool operator==(const SetOf&, const SetOf&) = default;

 private:
  explicit SetOf(const std::bitset<Size>& bits) : bits_(bits) {}
  [[nodiscard]] static std::size_t place(Id id) {
    if constexpr (std::is_enum_v<Id>)
      return static_cast<std::size_t>(id);
    else
      return id.position();
  }

  std::bitset<Size> bits_;
};

using ProductSet = SetOf<Product, kProductNames.size()>;
using ModelClassSet = SetOf<ModelClass, kModelClassNames.size()>;

/// A set of tuples of one role: the product of one set per dimension. Segments and regions have one
/// extra member behind the named ones, "in general", which a tuple that names none asks for.
struct Box {
  SetOf<LabId> labs;
  SetOf<SegmentId> segments;
  SetOf<RegionId> regions;
  SetOf<ActorId> actors;
  ProductSet products;
  ModelClassSet model_classes;
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
