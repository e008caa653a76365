#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "sim/core/index.hpp"

namespace rackrate::market {

/// What a channel does for a lab's models inside a customer's systems. The first four are the controls that regulated
/// work asks for, the others what agents need.
enum class Item : std::uint8_t { Identity, Network, Audit, Billing, Data, Tools, State };
inline constexpr std::array<std::string_view, 7> kItemNames{"identity", "network", "audit", "billing",
                                                            "data",     "tools",   "state"};
inline constexpr std::size_t kItems = kItemNames.size();
[[nodiscard]] constexpr std::string_view name_of(Item item) { return kItemNames[static_cast<std::size_t>(item)]; }
/// Identity, network, audit, billing.
[[nodiscard]] constexpr bool is_control(Item item) { return item <= Item::Billing; }

/// One value for each item.
template <class T>
using ByItem = core::EnumTable<Item, T, kItems>;

/// A set of items.
class ItemSet {
 public:
  constexpr ItemSet() = default;
  [[nodiscard]] static constexpr ItemSet all() { return ItemSet((1U << kItems) - 1); }

  constexpr void insert(Item item) { bits_ = static_cast<std::uint8_t>(bits_ | bit(item)); }
  [[nodiscard]] constexpr bool contains(Item item) const { return (bits_ & bit(item)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr std::size_t size() const { return static_cast<std::size_t>(std::popcount(bits_)); }

  /// One bit for each item, below 2^kItems.
  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }
  [[nodiscard]] static constexpr ItemSet of_bits(unsigned bits) { return ItemSet(bits); }

  friend constexpr ItemSet operator&(ItemSet a, ItemSet b) { return ItemSet(a.bits_ & b.bits_); }
  friend constexpr ItemSet operator|(ItemSet a, ItemSet b) { return ItemSet(a.bits_ | b.bits_); }
  /// Members of `a` that are not in `b`.
  friend constexpr ItemSet operator-(ItemSet a, ItemSet b) { return ItemSet(a.bits_ & ~b.bits_); }
  friend constexpr bool operator==(ItemSet, ItemSet) = default;

 private:
  explicit constexpr ItemSet(int bits) : bits_(static_cast<std::uint8_t>(bits)) {}
  explicit constexpr ItemSet(unsigned bits) : bits_(static_cast<std::uint8_t>(bits)) {}
  [[nodiscard]] static constexpr unsigned bit(Item item) { return 1U << static_cast<unsigned>(item); }

  std::uint8_t bits_ = 0;
};

}  // namespace rackrate::market
