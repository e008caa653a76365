#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "sim/engine/detail/huge_pages.hpp"
#include "sim/engine/event.hpp"

namespace rackrate::engine::detail {

/// Some events in one piece of memory. Chunks of a list grow from small to large, so that a window
/// with three events costs little and one with a million is still a few long streams.
template <class Payload>
struct alignas(32) Chunk {
  static_assert(alignof(Event<Payload>) <= 32);

  Chunk* next = nullptr;
  std::uint32_t count = 0;  ///< events in it; for a bag's last chunk the bag's cursor holds the count
  std::uint32_t size_class = 0;

  [[nodiscard]] Event<Payload>* events() { return reinterpret_cast<Event<Payload>*>(this + 1); }
  [[nodiscard]] const Event<Payload>* events() const { return reinterpret_cast<const Event<Payload>*>(this + 1); }
};

/// Chunks in a row.
template <class Payload>
struct Chain {
  Chunk<Payload>* first = nullptr;
  Chunk<Payload>* last = nullptr;

  void append(Chain other) {
    if (other.first == nullptr) return;
    (first == nullptr ? first : last->next) = other.first;
    last = other.last;
  }
};

/// Memory for the chunks of one lane. Used by one thread at a time; freed chunks are given out again
/// last in, first out, because those are still in the cache.
template <class Payload>
class ChunkPool {
 public:
  using ChunkType = Chunk<Payload>;
  static constexpr std::uint32_t kClasses = 3;
  static constexpr std::array<std::uint32_t, kClasses> kCapacity{15, 63, 255};

  /// An empty chunk, of this class if there is one or space for one; else of another before new memory is allocated
  /// for, so that memory depends on the most events that were ever pending and not the most chunks of each class.
  [[nodiscard]] ChunkType* take(std::uint32_t size_class) {
    if (free_[size_class] != nullptr) return pop(size_class);
    if (bytes_of(size_class) > left_) {
      for (std::uint32_t other = kClasses; other-- > 0;) {
        if (free_[other] != nullptr) return pop(other);
      }
    }
    return carve(size_class);
  }
  void give_back(Chain<Payload> chain) {
    for (ChunkType* chunk = chain.first; chunk != nullptr;) {
      ChunkType* const next = chunk->next;
      ChunkType*& free = free_[chunk->size_class];
      chunk->next = free;
      free = chunk;
      chunk = next;
    }
  }

 private:
  /// Large, aligned slabs may be backed by huge pages, which spare a page walk per chunk.
  static constexpr std::size_t kFirstSlab = std::size_t{1} << 16, kLastSlab = std::size_t{1} << 22,
                               kHuge = std::size_t{1} << 21;
  struct Free {
    std::size_t alignment;
    void operator()(std::byte* slab) const { ::operator delete (slab, std::align_val_t{alignment}); }
  };

  [[nodiscard]] static constexpr std::size_t bytes_of(std::uint32_t size_class) {
    const std::size_t bytes = sizeof(ChunkType) + kCapacity[size_class] * sizeof(Event<Payload>);
    return (bytes + alignof(ChunkType) - 1) / alignof(ChunkType) * alignof(ChunkType);
  }
  [[nodiscard]] ChunkType* pop(std::uint32_t size_class) {
    ChunkType* const chunk = std::exchange(free_[size_class], free_[size_class]->next);
    chunk->next = nullptr;
    return chunk;
  }
  ChunkType* carve(std::uint32_t size_class) {
    const std::size_t needed = bytes_of(size_class);
    if (needed > left_) new_slab(needed);
    auto* const chunk = new (at_) ChunkType{};
    chunk->size_class = size_class;
    at_ += needed;
    left_ -= needed;
    return chunk;
  }
  void new_slab(std::size_t at_least) {
    const std::size_t size = std::max(next_slab_, at_least);
    next_slab_ = std::min(next_slab_ * 2, kLastSlab);
    const std::size_t alignment = size >= kHuge ? kHuge : alignof(ChunkType);
    slabs_.emplace_back(static_cast<std::byte*>(::operator new (size, std::align_val_t{alignment})), Free{alignment});
    if (size >= kHuge) prefer_huge_pages(slabs_.back().get(), size);
    at_ = slabs_.back().get();
    left_ = size;
  }

  std::array<ChunkType*, kClasses> free_{};
  std::byte* at_ = nullptr;
  std::size_t left_ = 0;
  std::size_t next_slab_ = kFirstSlab;
  std::vector<std::unique_ptr<std::byte[], Free>> slabs_;
};

/// A growing list of events in chunks of a pool, in the order in which they were put in.
template <class Payload>
class EventBag {
 public:
  [[nodiscard]] bool empty() const { return chain_.first == nullptr; }
  /// True when the next push takes another chunk; an empty bag is full.
  [[nodiscard]] bool full() const { return cursor_ == end_; }
  /// Where the next event is to be written, in place: a copy would first be put together elsewhere.
  [[nodiscard]] Event<Payload>& next(ChunkPool<Payload>& pool) {
    if (full()) [[unlikely]]
      grow(pool);
    Event<Payload>& place = *cursor_++;
    __builtin_prefetch(cursor_, 1);  // many other events come before the next one here
    return place;
  }
  [[nodiscard]] std::size_t size() const {
    std::size_t n = 0;
    for_each_run(
        [&](const Event<Payload>* first, const Event<Payload>* last) { n += static_cast<std::size_t>(last - first); });
    return n;
  }
  /// Calls f(first, last) for each run of events in memory.
  template <class F>
  void for_each_run(F f) const {
    if (empty()) return;
    for (const Chunk<Payload>* c = chain_.first; c != chain_.last; c = c->next) f(c->events(), c->events() + c->count);
    f(static_cast<const Chunk<Payload>*>(chain_.last)->events(), static_cast<const Event<Payload>*>(cursor_));
  }
  /// Leaves the bag empty; the chunks must go back to the pool that they came from.
  [[nodiscard]] Chain<Payload> release() {
    const Chain<Payload> chain = chain_;
    *this = {};
    return chain;
  }

 private:
  [[gnu::noinline]] void grow(ChunkPool<Payload>& pool) {
    using Pool = ChunkPool<Payload>;
    std::uint32_t size_class = 0;
    if (!empty()) {
      chain_.last->count = static_cast<std::uint32_t>(cursor_ - chain_.last->events());
      size_class = std::min(chain_.last->size_class + 1U, Pool::kClasses - 1U);
    }
    Chunk<Payload>* const chunk = pool.take(size_class);
    chain_.append({chunk, chunk});
    cursor_ = chunk->events();
    end_ = cursor_ + Pool::kCapacity[chunk->size_class];
  }

  Event<Payload>* cursor_ = nullptr;
  Event<Payload>* end_ = nullptr;
  Chain<Payload> chain_;
};

}  // namespace rackrate::engine::detail
