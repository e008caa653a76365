#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "sim/engine/event.hpp"

namespace rackrate::engine::detail {

using WindowIndex = std::int64_t;
inline constexpr WindowIndex kNoWindow = std::numeric_limits<WindowIndex>::max();

/// The future events of one shard, one unordered bucket per window.
///
/// The next 256 windows lie in a ring. Later ones lie in blocks of 256 windows, which are dealt out
/// to the ring when the first of their windows is reached. Buckets that were emptied lend their
/// memory to the next ones, so a steady run allocates nothing and holds about as many buffers as
/// there are windows with events.
template <class Payload>
class EventList {
 public:
  using Bucket = std::vector<Event<Payload>>;

  /// `window` must not lie before the current one.
  void insert(const Event<Payload>& event, WindowIndex window) {
    if (window - current_ < kRing) {
      insert_near(event, window);
      return;
    }
    FarBlock& block = far_[window >> kRingBits];
    if (window < block.earliest) block.earliest = window;
    block.events.push_back({event, window});
  }

  /// The earliest window that holds an event, or kNoWindow.
  [[nodiscard]] WindowIndex next_window() const {
    WindowIndex next = kNoWindow;
    const auto from = static_cast<unsigned>(current_ & (kRing - 1));
    for (unsigned step = 0; step <= kWords; ++step) {  // the first word is visited twice: above `from`, then below
      const unsigned word = (from / 64U + step) % kWords;
      std::uint64_t bits = occupied_[word];
      if (step == 0) bits &= ~0ULL << (from % 64U);
      if (step == kWords) bits &= ~(~0ULL << (from % 64U));
      if (bits == 0) continue;
      const WindowIndex slot = word * 64U + static_cast<unsigned>(std::countr_zero(bits));
      next = current_ + ((slot - from) & (kRing - 1));
      break;
    }
    if (!far_.empty() && far_.begin()->second.earliest < next) next = far_.begin()->second.earliest;
    return next;
  }

  /// Makes `window` the current one; none before it may still hold events.
  void advance(WindowIndex window) {
    current_ = window;
    while (!far_.empty() && far_.begin()->first <= window >> kRingBits) {
      for (const FarEvent& f : far_.begin()->second.events) insert_near(f.event, f.window);
      far_.erase(far_.begin());
    }
  }

  /// Exchanges the current window's bucket for the emptied `spent`, whose memory is kept for reuse.
  void take_current(Bucket& spent) {
    const auto slot = static_cast<std::size_t>(current_) & (kRing - 1U);
    spent.clear();
    if ((occupied_[slot / 64U] >> (slot % 64U) & 1U) == 0) return;
    occupied_[slot / 64U] &= ~(1ULL << (slot % 64U));
    std::swap(spent, ring_[slot]);
    if (ring_[slot].capacity() > 0) spare_.push_back(std::exchange(ring_[slot], Bucket{}));
  }

  /// Appends every event, in no particular order.
  void collect(Bucket& out) const {
    for (const Bucket& bucket : ring_) out.insert(out.end(), bucket.begin(), bucket.end());
    for (const auto& [block, far] : far_) {
      for (const FarEvent& f : far.events) out.push_back(f.event);
    }
  }

 private:
  static constexpr int kRingBits = 8;
  static constexpr WindowIndex kRing = 1 << kRingBits;
  static constexpr unsigned kWords = kRing / 64;

  struct FarEvent {
    Event<Payload> event;
    WindowIndex window;
  };
  struct FarBlock {
    WindowIndex earliest = kNoWindow;
    std::vector<FarEvent> events;
  };

  void insert_near(const Event<Payload>& event, WindowIndex window) {
    const auto slot = static_cast<std::size_t>(window) & (kRing - 1U);
    Bucket& bucket = ring_[slot];
    if (bucket.empty()) {
      occupied_[slot / 64U] |= 1ULL << (slot % 64U);
      if (bucket.capacity() == 0 && !spare_.empty()) {
        bucket = std::move(spare_.back());
        spare_.pop_back();
      }
    }
    bucket.push_back(event);
  }

  WindowIndex current_ = 0;
  std::array<std::uint64_t, kWords> occupied_{};
  std::array<Bucket, kRing> ring_;
  std::map<WindowIndex, FarBlock> far_;   ///< by window / 256
  std::vector<Bucket> spare_;             ///< empty, with memory
};

}  // namespace rackrate::engine::detail
