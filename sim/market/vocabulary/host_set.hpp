#pragma once
#include <bit>
#include <cstdint>

#include "sim/market/vocabulary/ids.hpp"

namespace rackrate::market {

/// A set of clouds, at most 32 (kMostClouds): where something may run.
class HostSet {
 public:
  constexpr HostSet() = default;
  [[nodiscard]] static constexpr HostSet only(CloudId cloud) {
    HostSet set;
    set.insert(cloud);
    return set;
  }

  constexpr void insert(CloudId cloud) { bits_ |= bit(cloud); }
  constexpr void erase(CloudId cloud) { bits_ &= ~bit(cloud); }
  [[nodiscard]] constexpr bool contains(CloudId cloud) const { return (bits_ & bit(cloud)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr int size() const { return std::popcount(bits_); }
  /// Members in the order of the list of clouds.
  [[nodiscard]] auto members() const {
    return core::sequence(
        32, [](std::size_t i) { return CloudId(i); },
        [set = *this](std::size_t i) { return set.contains(CloudId(i)); });
  }
  /// One bit for each cloud, for digests and messages.
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  [[nodiscard]] static constexpr HostSet of_bits(std::uint32_t bits) {
    HostSet set;
    set.bits_ = bits;
    return set;
  }

  constexpr HostSet& operator|=(HostSet other) {
    bits_ |= other.bits_;
    return *this;
  }
  friend constexpr HostSet operator|(HostSet a, HostSet b) { return of_bits(a.bits_ | b.bits_); }
  /// Members of `a` that are not in `b`.
  friend constexpr HostSet operator-(HostSet a, HostSet b) { return of_bits(a.bits_ & ~b.bits_); }
  friend constexpr bool operator==(HostSet, HostSet) = default;

 private:
  [[nodiscard]] static constexpr std::uint32_t bit(CloudId cloud) { return std::uint32_t{1} << cloud.position(); }

  std::uint32_t bits_ = 0;
};

}  // namespace rackrate::market
