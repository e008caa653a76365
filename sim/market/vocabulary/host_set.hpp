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
  [[nodiscard]] constexpr auto members() const { return Members{bits_}; }
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
  /// From the lowest bit to the highest, without looking at those between.
  struct Members {
    struct Iterator {
      std::uint32_t left;
      [[nodiscard]] constexpr CloudId operator*() const { return CloudId(std::countr_zero(left)); }
      constexpr Iterator& operator++() {
        left &= left - 1;
        return *this;
      }
      friend constexpr bool operator==(Iterator, Iterator) = default;
    };
    std::uint32_t bits;
    [[nodiscard]] constexpr Iterator begin() const { return {bits}; }
    [[nodiscard]] constexpr Iterator end() const { return {0}; }
  };

  [[nodiscard]] static constexpr std::uint32_t bit(CloudId cloud) { return std::uint32_t{1} << cloud.position(); }

  std::uint32_t bits_ = 0;
};

}  // namespace rackrate::market
