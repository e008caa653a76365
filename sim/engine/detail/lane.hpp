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

/// A ring of 512 bits, read from some bit on.
class Occupancy {
 public:
  static constexpr unsigned kSlots = 512;

  void set(std::size_t slot) { words_[slot / 64U] |= 1ULL << (slot % 64U); }
  void clear(std::size_t slot) { words_[slot / 64U] &= ~(1ULL << (slot % 64U)); }
  /// Steps from slot `from` to the first set one, around the ring; kSlots when there is none.
  [[nodiscard]] unsigned steps_to_next(unsigned from) const {
    const unsigned first = from / 64U;
    const std::uint64_t upper = ~0ULL << (from % 64U);
    for (unsigned step = 0; step <= kWords; ++step) {  // the first word twice: its upper bits, at last its lower ones
      const unsigned word = (first + step) % kWords;
      const std::uint64_t mask = step == 0 ? upper : step == kWords ? ~upper : ~0ULL;
      const std::uint64_t bits = words_[word] & mask;
      if (bits != 0) return (word * 64U + static_cast<unsigned>(std::countr_zero(bits)) - from) % kSlots;
    }
    return kSlots;
  }

 private:
  static constexpr unsigned kWords = kSlots / 64;
  std::array<std::uint64_t, kWords> words_{};
};

/// The future as one thread has written it: every event that it has scheduled and that has not yet
/// been handled, in bags by window and receiving shard. Each thread owns a lane, so that scheduling
/// needs no lock; when a window opens, a shard collects its bags of that window from all lanes.
///
/// Tiers by distance, each 256 times as coarse as the one before: bags of a window and shard, of 256 windows,
/// of 65,536, and so on to the end of time. A tier reaches over the present unit of the next coarser tier and
/// the one after. When the present enters a coarser unit, the next bag of that tier is dealt out to the finer
/// ones, so an event n windows ahead is moved about log256(n) times. Source: the hierarchical timing wheels of
/// Varghese and Lauck (1987), with the events of a slot sorted only when their window opens.
template <class Payload>
class Lane {
 public:
  explicit Lane(std::uint32_t shards) : shards_(shards), near_(static_cast<std::size_t>(kSlots) * shards) {}

  /// Where to write an event of this window and shard. `window` is not before the block of the present.
  [[nodiscard]] Event<Payload>& place(WindowIndex window, std::uint32_t shard) {
    if (window - base_ >= kSlots) [[unlikely]]
      return place_far(window);
    const std::size_t slot = slot_of(window);
    EventBag<Payload>& bag = near_[slot * shards_ + shard];
    if (bag.full()) [[unlikely]]
      near_occupied_.set(slot);
    return bag.next(pool_);
  }

  /// Prefetches what place() will read.
  void prefetch(WindowIndex window, std::uint32_t shard) const {
    __builtin_prefetch(&near_[slot_of(window) * shards_ + shard], 1);
  }

  [[nodiscard]] EventBag<Payload>& bag(WindowIndex window, std::uint32_t shard) {
    return near_[slot_of(window) * shards_ + shard];
  }
  /// All bags of this window have been, or are about to be, collected.
  void forget(WindowIndex window) { near_occupied_.clear(slot_of(window)); }
  void reclaim(Chain<Payload> chain) { pool_.give_back(chain); }

  /// The earliest window, not before `from`, that holds an event; or kNoWindow.
  [[nodiscard]] WindowIndex next_window(WindowIndex from) const {
    from = std::max(from, base_);
    if (const unsigned steps = near_occupied_.steps_to_next(static_cast<unsigned>(slot_of(from))); steps < kSlots)
      return from + steps;
    for (int t = 0; t < kTiers; ++t) {
      const Tier& tier = tiers_[static_cast<std::size_t>(t)];
      if (tier.bags.empty()) continue;
      const std::size_t present = slot_of(base_ >> bits(t));
      if (const unsigned steps = tier.occupied.steps_to_next(static_cast<unsigned>(present)); steps < kSlots)
        return tier.earliest[(present + steps) % kSlots];
    }
    return kNoWindow;
  }

  /// True when moving to `window` means to deal out bags of far events.
  [[nodiscard]] bool must_deal(WindowIndex window) const { return window >> kBits != base_ >> kBits; }
  /// Makes the block of `window` the present one; nothing before it may still be pending.
  void deal(const Grid& grid, const Division& division, WindowIndex window) {
    const WindowIndex before = base_;
    base_ = window >> kBits << kBits;
    for (int t = kTiers - 1; t >= 0; --t) {
      Tier& tier = tiers_[static_cast<std::size_t>(t)];
      const WindowIndex from = before >> bits(t), to = base_ >> bits(t);
      if (from == to || tier.bags.empty()) continue;
      // Up to from + 1 all has been dealt out; of the rest, only what is not yet past can hold events.
      for (WindowIndex unit = std::max(to, from + 2); unit <= to + 1; ++unit) {
        tier.occupied.clear(slot_of(unit));
        tier.earliest[slot_of(unit)] = kNoWindow;
        deal_out(grid, division, tier.bags[slot_of(unit)]);
      }
    }
  }

  /// Calls f(first, last) for each run of pending events in memory.
  template <class F>
  void for_each_run(F f) const {
    for (const EventBag<Payload>& bag : near_) bag.for_each_run(f);
    for (const Tier& tier : tiers_) {
      for (const EventBag<Payload>& bag : tier.bags) bag.for_each_run(f);
    }
  }

 private:
  static constexpr int kBits = 8;
  static constexpr int kTiers = 7;                          ///< 256^8 windows are more than time holds
  static constexpr WindowIndex kSlots = Occupancy::kSlots;  ///< two units of the next coarser tier
  static_assert(kSlots == WindowIndex{2} << kBits);

  struct Tier {
    std::vector<EventBag<Payload>> bags;  ///< none before the first event this far ahead
    std::vector<WindowIndex> earliest;
    Occupancy occupied;
  };

  [[nodiscard]] static std::size_t slot_of(WindowIndex unit) { return static_cast<std::size_t>(unit & (kSlots - 1)); }
  /// A unit of tier t is 2^bits(t) windows.
  [[nodiscard]] static constexpr int bits(int t) { return kBits * (t + 1); }
  [[nodiscard]] bool reaches(int t, WindowIndex window) const {
    return (window >> bits(t)) - (base_ >> bits(t + 1) << kBits) < kSlots;
  }

  // Out of line, as EventBag::grow is: rare paths, which inlined cost the common one its registers.
  [[nodiscard, gnu::noinline]] Event<Payload>& place_far(WindowIndex window) {
    int t = 0;
    while (t < kTiers - 1 && !reaches(t, window)) ++t;
    Tier& tier = tiers_[static_cast<std::size_t>(t)];
    if (tier.bags.empty()) [[unlikely]] {
      tier.bags.resize(static_cast<std::size_t>(kSlots));
      tier.earliest.assign(static_cast<std::size_t>(kSlots), kNoWindow);
    }
    const std::size_t slot = slot_of(window >> bits(t));
    tier.occupied.set(slot);
    tier.earliest[slot] = std::min(tier.earliest[slot], window);
    return tier.bags[slot].next(pool_);
  }

  void deal_out(const Grid& grid, const Division& division, EventBag<Payload>& bag) {
    EventBag<Payload> from = bag;
    bag = {};  // some of its events may come back here
    from.for_each_run([&](const Event<Payload>* e, const Event<Payload>* last) {
      for (; e != last; ++e) place(grid.index_of(e->time), division.shard_of(e->target)) = *e;
    });
    pool_.give_back(from.release());
  }

  std::uint32_t shards_;
  WindowIndex base_ = 0;                 ///< first window of the present block
  std::vector<EventBag<Payload>> near_;  ///< by window, then shard
  Occupancy near_occupied_;
  std::array<Tier, static_cast<std::size_t>(kTiers)> tiers_;
  ChunkPool<Payload> pool_;
};

}  // namespace rackrate::engine::detail
