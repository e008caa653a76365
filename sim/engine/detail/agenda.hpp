#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "sim/engine/detail/chunks.hpp"
#include "sim/engine/detail/window.hpp"
#include "sim/engine/event.hpp"

namespace rackrate::engine::detail {

/// One shard's events of the open window, in the order in which they are worked through: by process,
/// then by the total order. The events stay where they are; what is sorted is 16 bytes for each.
///
/// The key holds the process in its upper bits and the time since the window's start in its lower ones.
/// Keys are spread evenly over about as many slots as there are events, which nearly sorts them, and an
/// insertion sort does the rest: linear for the usual case, n log n for the worst.
template <class Payload>
class Agenda {
 public:
  struct Entry {
    std::uint64_t key;
    const Event<Payload>* event;
  };

  /// Room for `count` entries of processes first..first+processes-1 in windows of this length.
  void begin(std::size_t count, ProcessId first, std::uint64_t processes, SimDuration length) {
    if (count + kLookAhead > room_) {
      room_ = std::bit_ceil(2 * count + 128);  // generous, for the next window may be the largest so far
      entries_ = std::make_unique_for_overwrite<Entry[]>(room_);
      scratch_ = std::make_unique_for_overwrite<Entry[]>(room_);
      offsets_ = std::make_unique_for_overwrite<std::uint32_t[]>(std::size_t{1} << slot_bits(room_));
    }
    first_ = first;
    const int time_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(length.count()) - 1U));
    const int process_bits = static_cast<int>(std::bit_width(processes - 1U));
    coarseness_ = std::max(0, time_bits + process_bits - 63);  // then the events themselves order equal keys
    time_bits_ = time_bits - coarseness_;
    size_ = 0;
    least_ = ~0ULL;
    greatest_ = 0;
    in_order_ = true;
  }

  void add(const Event<Payload>* e, const Event<Payload>* last, SimTime window_start) {
    // Members are copied to registers here: the compiler must assume that an entry's key aliases one of them.
    Entry* to = entries_.get() + size_;
    bool in_order = in_order_;
    std::uint64_t least = least_, greatest = greatest_;
    const int time_bits = time_bits_, coarseness = coarseness_;
    const ProcessId first = first_;
    for (; e != last; ++e, ++to) {
      const auto since = static_cast<std::uint64_t>((e->time - window_start).count()) >> coarseness;
      const std::uint64_t key = static_cast<std::uint64_t>(e->target - first) << time_bits | since;
      *to = {key, e};
      // While they are in order, the greatest so far is the last.
      in_order =
          in_order && (greatest < key || (greatest == key && (to == entries_.get() || before(*to[-1].event, *e))));
      least = std::min(least, key);
      greatest = std::max(greatest, key);
    }
    in_order_ = in_order;
    least_ = least;
    greatest_ = greatest;
    size_ = static_cast<std::size_t>(to - entries_.get());
  }

  /// Puts what was added in order.
  void sort() {
    if (!in_order_) {
      if (size_ > kSmall) spread();
      if (!finish(entries_.get(), entries_.get() + size_)) std::sort(entries_.get(), entries_.get() + size_, less);
    }
    std::fill_n(entries_.get() + size_, kLookAhead, entries_[size_ - 1]);
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  /// The i-th event and its process. A read up to kLookAhead past the end returns the last one again.
  [[nodiscard]] const Event<Payload>& event(std::size_t i) const { return *entries_[i].event; }
  [[nodiscard]] ProcessId process(std::size_t i) const {
    return first_ + static_cast<ProcessId>(entries_[i].key >> time_bits_);
  }
  /// One past the last entry of the process whose entry `i` is.
  [[nodiscard]] std::size_t end_of_process(std::size_t i) const {
    const std::uint64_t last = entries_[i].key | ((1ULL << time_bits_) - 1);
    if (entries_[size_ - 1].key <= last) return size_;
    while (entries_[i].key <= last) ++i;
    return i;
  }
  static constexpr std::size_t kLookAhead = 16;

 private:
  static constexpr std::size_t kSmall = 20;
  static constexpr std::size_t kPatience = 8;  ///< places that an entry may move, on average
  static constexpr int kMostSlotBits = 16;

  /// One slot for each entry, two at most.
  [[nodiscard]] static int slot_bits(std::size_t entries) {
    return std::min(kMostSlotBits, static_cast<int>(std::bit_width(entries)));
  }
  [[nodiscard]] static bool less(const Entry& a, const Entry& b) {
    return a.key != b.key ? a.key < b.key : before(*a.event, *b.event);
  }

  /// One pass of distribution by the uppermost bits in which the keys differ.
  void spread() {
    const int shift = std::max(0, static_cast<int>(std::bit_width(greatest_ - least_)) - slot_bits(size_));
    const std::size_t slots = static_cast<std::size_t>((greatest_ - least_) >> shift) + 1;
    std::uint32_t* const offset = offsets_.get();
    std::fill_n(offset, slots, 0U);
    const std::uint64_t least = least_;
    const Entry* const end = entries_.get() + size_;
    for (const Entry* e = entries_.get(); e != end; ++e) ++offset[(e->key - least) >> shift];
    std::uint32_t sum = 0;
    for (std::size_t s = 0; s < slots; ++s) sum += std::exchange(offset[s], sum);
    Entry* const to = scratch_.get();
    for (const Entry* e = entries_.get(); e != end; ++e) to[offset[(e->key - least) >> shift]++] = *e;
    std::swap(entries_, scratch_);
  }

  /// Insertion sort: linear when little is far from its place, and given up when much is.
  [[nodiscard]] static bool finish(Entry* const first, Entry* const last) {
    std::ptrdiff_t patience = static_cast<std::ptrdiff_t>(kPatience) * (last - first);
    for (Entry* i = first + 1; i < last; ++i) {
      if (!less(*i, i[-1])) continue;
      const Entry moving = *i;
      Entry* to = i;
      do {
        *to = to[-1];
        --to;
      } while (to != first && less(moving, to[-1]));
      *to = moving;
      patience -= i - to;
      if (patience < 0) [[unlikely]]
        return false;
    }
    return true;
  }

  std::unique_ptr<Entry[]> entries_, scratch_;
  std::unique_ptr<std::uint32_t[]> offsets_;
  std::size_t room_ = 0;
  std::size_t size_ = 0;
  ProcessId first_ = 0;
  int time_bits_ = 0;
  int coarseness_ = 0;
  std::uint64_t least_ = 0;
  std::uint64_t greatest_ = 0;
  bool in_order_ = true;
};

}  // namespace rackrate::engine::detail
