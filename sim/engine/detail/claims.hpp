#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace rackrate::engine::detail {

/// Which shards have been taken in a round. Each worker begins with its own shards and continues with
/// those of others, so that in a balanced model a shard stays with one processor's cache.
class Claims {
 public:
  explicit Claims(std::size_t shards)
      : shards_(shards), round_of_(std::make_unique<std::atomic<std::uint64_t>[]>(shards)) {}

  /// Before the workers start.
  void next_round() { ++round_; }
  /// Calls work(shard) for each shard that this worker is the first to reach.
  template <class Work>
  void for_each(std::size_t worker, std::size_t workers, Work work) {
    const std::size_t begin = worker * shards_ / workers;
    for (std::size_t k = 0; k < shards_; ++k) {
      const std::size_t shard = begin + k < shards_ ? begin + k : begin + k - shards_;
      if (round_of_[shard].load(std::memory_order_relaxed) == round_) continue;
      if (round_of_[shard].exchange(round_, std::memory_order_relaxed) != round_) work(shard);
    }
  }

 private:
  std::size_t shards_;
  std::uint64_t round_ = 0;
  std::unique_ptr<std::atomic<std::uint64_t>[]> round_of_;
};

}  // namespace rackrate::engine::detail
