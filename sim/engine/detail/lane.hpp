#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/detail/chunks.hpp"
#include "sim/engine/detail/window.hpp"
#include "sim/engine/event.hpp"

namespace rackrate::engine::detail {

/// The future as one thread has written it: every event that it has scheduled and that has not yet
/// been handled, in bags by window and receiving shard. Each thread owns a lane, so that scheduling
/// needs no lock; when a window opens, a shard collects its bags of that window from all lanes.
///
/// Three tiers by distance. The block of 256 windows around the present and the next block lie in bags
/// by window and shard. The 256 blocks after that have one bag each, dealt out when the block comes
/// near. Whatever lies beyond shares one bag, which is gone through every 128 blocks at most.
template <class Payload>
class Lane {
 public:
  static constexpr int kBlockBits = 8;
  static constexpr WindowIndex kBlock = WindowIndex{1} << kBlockBits;   ///< windows
  static constexpr WindowIndex kNear = 2 * kBlock;                      ///< windows
  static constexpr WindowIndex kFar = 256;                              ///< blocks

  explicit Lane(std::uint32_t shards) : shards_(shards), near_(static_cast<std::size_t>(kNear) * shards), far_(static_cast<std::size_t>(kFar)) {
    far_earliest_.fill(kNoWindow);
  }

  /// Where to write an event of this window and shard. `window` is not before the block of the present.
  [[nodiscard]] Event<Payload>& place(WindowIndex window, std::uint32_t shard) {
    if (window - base_ >= kNear) [[unlikely]] return place_far(window);
    const auto slot = static_cast<std::size_t>(window & (kNear - 1));
    EventBag<Payload>& bag = near_[slot * shards_ + shard];
    if (bag.full()) [[unlikely]] near_occupied_[slot / 64U] |= 1ULL << (slot % 64U);
    return bag.next(pool_);
  }

  [[nodiscard]] EventBag<Payload>& bag(WindowIndex window, std::uint32_t shard) {
    return near_[static_cast<std::size_t>(window & (kNear - 1)) * shards_ + shard];
  }
  [[nodiscard]] const EventBag<Payload>& bag(WindowIndex window, std::uint32_t shard) const {
    return near_[static_cast<std::size_t>(window & (kNear - 1)) * shards_ + shard];
  }
  /// All bags of this window have been collected.
  void forget(WindowIndex window) {
    const auto slot = static_cast<std::size_t>(window & (kNear - 1));
    near_occupied_[slot / 64U] &= ~(1ULL << (slot % 64U));
  }
  void reclaim(Chain<Payload> chain) { pool_.give_back(chain); }

  /// The earliest window, not before `from`, that holds an event; or kNoWindow.
  [[nodiscard]] WindowIndex next_window(WindowIndex from) const {
    const WindowIndex near = next_near(std::max(from, base_));
    if (near != kNoWindow) return near;
    WindowIndex next = beyond_earliest_;
    const WindowIndex block = base_ >> kBlockBits;
    for (unsigned step = 0; step <= kFarWords; ++step) {
      const auto first = static_cast<unsigned>(block & (kFar - 1));
      const unsigned word = (first / 64U + step) % kFarWords;
      const std::uint64_t bits = masked(far_occupied_[word], step, first % 64U, kFarWords);
      if (bits == 0) continue;
      next = std::min(next, far_earliest_[word * 64U + static_cast<unsigned>(std::countr_zero(bits))]);
      break;
    }
    return next;
  }

  /// True when moving to `window` means to deal out bags of far events.
  [[nodiscard]] bool must_deal(WindowIndex window) const { return window >> kBlockBits != base_ >> kBlockBits; }
  /// Makes the block of `window` the present one; nothing before it may still be pending.
  void deal(const Grid& grid, const Division& division, WindowIndex window) {
    const WindowIndex before = base_ >> kBlockBits;
    const WindowIndex block = window >> kBlockBits;
    base_ = block << kBlockBits;
    if (beyond_earliest_ != kNoWindow && (beyond_earliest_ >> kBlockBits) - block < kFar / 2) deal_beyond(grid, division);
    // Blocks before + 2 ... block + 1 have come near; of those, only blocks from the present on can hold events.
    for (WindowIndex b = std::max(block, before + 2); b <= block + 1; ++b) deal_far(grid, division, b);
  }

  /// Calls f(first, last) for each run of pending events in memory.
  template <class F>
  void for_each_run(F f) const {
    for (const EventBag<Payload>& bag : near_) bag.for_each_run(f);
    for (const EventBag<Payload>& bag : far_) bag.for_each_run(f);
    beyond_.for_each_run(f);
  }

 private:
  static constexpr unsigned kNearWords = kNear / 64;
  static constexpr unsigned kFarWords = kFar / 64;

  /// Of a ring of bits that is read from bit `first` of its first word on: the word after `step` steps.
  /// The first word is visited twice, at the start for the bits from `first` on, at the end for the rest.
  static std::uint64_t masked(std::uint64_t word, unsigned step, unsigned first, unsigned words) {
    const std::uint64_t upper = ~0ULL << first;
    if (step == 0) return word & upper;
    return step == words ? word & ~upper : word;
  }

  [[nodiscard]] WindowIndex next_near(WindowIndex from) const {
    const auto first = static_cast<unsigned>(from & (kNear - 1));
    for (unsigned step = 0; step <= kNearWords; ++step) {
      const unsigned word = (first / 64U + step) % kNearWords;
      const std::uint64_t bits = masked(near_occupied_[word], step, first % 64U, kNearWords);
      if (bits == 0) continue;
      const WindowIndex slot = word * 64U + static_cast<unsigned>(std::countr_zero(bits));
      return from + ((slot - first) & (kNear - 1));
    }
    return kNoWindow;
  }

  [[nodiscard]] Event<Payload>& place_far(WindowIndex window) {
    const WindowIndex block = window >> kBlockBits;
    if (block - (base_ >> kBlockBits) >= kFar) {
      beyond_earliest_ = std::min(beyond_earliest_, window);
      return beyond_.next(pool_);
    }
    const auto slot = static_cast<std::size_t>(block & (kFar - 1));
    far_occupied_[slot / 64U] |= 1ULL << (slot % 64U);
    far_earliest_[slot] = std::min(far_earliest_[slot], window);
    return far_[slot].next(pool_);
  }

  void deal_far(const Grid& grid, const Division& division, WindowIndex block) {
    const auto slot = static_cast<std::size_t>(block & (kFar - 1));
    far_occupied_[slot / 64U] &= ~(1ULL << (slot % 64U));
    far_earliest_[slot] = kNoWindow;
    deal_out(grid, division, far_[slot]);
  }
  void deal_beyond(const Grid& grid, const Division& division) {
    beyond_earliest_ = kNoWindow;
    deal_out(grid, division, beyond_);
  }
  void deal_out(const Grid& grid, const Division& division, EventBag<Payload>& bag) {
    EventBag<Payload> from = bag;
    bag = {};   // some of its events may come back here
    from.for_each_run([&](const Event<Payload>* e, const Event<Payload>* last) {
      for (; e != last; ++e) place(grid.index_of(e->time), division.shard_of(e->target)) = *e;
    });
    pool_.give_back(from.release());
  }

  std::uint32_t shards_;
  WindowIndex base_ = 0;   ///< first window of the present block
  std::vector<EventBag<Payload>> near_;   ///< by window modulo kNear, then shard
  std::array<std::uint64_t, kNearWords> near_occupied_{};
  std::vector<EventBag<Payload>> far_;    ///< by block modulo kFar
  std::array<std::uint64_t, kFarWords> far_occupied_{};
  std::array<WindowIndex, static_cast<std::size_t>(kFar)> far_earliest_{};
  EventBag<Payload> beyond_;
  WindowIndex beyond_earliest_ = kNoWindow;
  ChunkPool<Payload> pool_;
};

}  // namespace rackrate::engine::detail
