#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

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
    if (count > room_) {
      room_ = std::max(count, 2 * room_);
      entries_ = std::make_unique_for_overwrite<Entry[]>(room_);
      scratch_ = std::make_unique_for_overwrite<Entry[]>(room_);
    }
    first_ = first;
    const int time_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(length.count()) - 1U));
    const int process_bits = static_cast<int>(std::bit_width(processes - 1U));
    coarseness_ = std::max(0, time_bits + process_bits - 64);   // then equal keys are told apart by the events
    time_bits_ = time_bits - coarseness_;
    size_ = 0;
    least_ = ~0ULL;
    greatest_ = 0;
    in_order_ = true;
  }

  void add(const Event<Payload>* e, const Event<Payload>* last, SimTime window_start) {
    Entry* to = entries_.get() + size_;
    for (; e != last; ++e, ++to) {
      // (A window one tick long has no time bits; a window of 2^63 ticks may need them all.)
      const auto since = static_cast<std::uint64_t>((e->time - window_start).count()) >> coarseness_;
      const std::uint64_t key = time_bits_ >= 64 ? since : static_cast<std::uint64_t>(e->target - first_) << time_bits_ | since;
      *to = {key, e};
      // While they are in order, the greatest so far is the last.
      if (in_order_ && to != entries_.get()) in_order_ = greatest_ < key || (greatest_ == key && before(*to[-1].event, *e));
      least_ = std::min(least_, key);
      greatest_ = std::max(greatest_, key);
    }
    size_ = static_cast<std::size_t>(to - entries_.get());
  }

  void sort() {
    if (in_order_) return;
    if (size_ > kSmall) spread();
    finish(entries_.get(), entries_.get() + size_);
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Event<Payload>& event(std::size_t i) const { return *entries_[i].event; }
  /// Asks the processor for an event that will be needed soon. Past the end it does nothing.
  void prefetch_event(std::size_t i) const {
    if (i < size_) __builtin_prefetch(entries_[i].event);
  }
  [[nodiscard]] ProcessId process(std::size_t i) const {
    return first_ + static_cast<ProcessId>(time_bits_ >= 64 ? 0 : entries_[i].key >> time_bits_);
  }

 private:
  static constexpr std::size_t kSmall = 20;
  static constexpr std::uint32_t kCrowded = 24;
  static constexpr int kMostSlotBits = 16;

  [[nodiscard]] static bool less(const Entry& a, const Entry& b) { return a.key != b.key ? a.key < b.key : before(*a.event, *b.event); }

  /// One pass of distribution by the uppermost bits in which the keys differ.
  void spread() {
    const int slot_bits = std::min(kMostSlotBits, static_cast<int>(std::bit_width(size_)) - 1);
    const int shift = std::max(0, static_cast<int>(std::bit_width(greatest_ - least_)) - slot_bits);
    const std::size_t slots = static_cast<std::size_t>((greatest_ - least_) >> shift) + 1;
    if (slots > slots_room_) {
      slots_room_ = slots;
      offsets_ = std::make_unique_for_overwrite<std::uint32_t[]>(slots);
    }
    std::uint32_t* const offset = offsets_.get();
    std::fill_n(offset, slots, 0U);
    for (std::size_t i = 0; i < size_; ++i) ++offset[(entries_[i].key - least_) >> shift];
    std::uint32_t sum = 0;
    std::uint32_t most = 0;
    for (std::size_t s = 0; s < slots; ++s) {
      const std::uint32_t count = offset[s];
      most = std::max(most, count);
      offset[s] = sum;
      sum += count;
    }
    for (std::size_t i = 0; i < size_; ++i) scratch_[offset[(entries_[i].key - least_) >> shift]++] = entries_[i];
    std::swap(entries_, scratch_);
    if (most <= kCrowded) return;
    std::uint32_t begin = 0;   // offset[s] is now the end of slot s
    for (std::size_t s = 0; s < slots; ++s) {
      if (offset[s] - begin > kCrowded) std::sort(entries_.get() + begin, entries_.get() + offset[s], less);
      begin = offset[s];
    }
  }

  /// Insertion sort: linear when nothing is far from its place.
  static void finish(Entry* first, Entry* last) {
    if (first == last) return;
    for (Entry* i = first + 1; i < last; ++i) {
      if (!less(*i, i[-1])) continue;
      const Entry moving = *i;
      Entry* to = i;
      do {
        *to = to[-1];
        --to;
      } while (to != first && less(moving, to[-1]));
      *to = moving;
    }
  }

  std::unique_ptr<Entry[]> entries_, scratch_;
  std::unique_ptr<std::uint32_t[]> offsets_;
  std::size_t room_ = 0;
  std::size_t slots_room_ = 0;
  std::size_t size_ = 0;
  ProcessId first_ = 0;
  int time_bits_ = 0;
  int coarseness_ = 0;
  std::uint64_t least_ = 0;
  std::uint64_t greatest_ = 0;
  bool in_order_ = true;
};

}  // namespace rackrate::engine::detail
