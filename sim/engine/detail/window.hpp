#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>

#include "sim/engine/event.hpp"

namespace rackrate::engine::detail {

using WindowIndex = std::int64_t;
inline constexpr WindowIndex kNoWindow = std::numeric_limits<WindowIndex>::max();

/// How time is cut into windows: [origin + k length, origin + (k + 1) length), k = 0, 1, ...
class Grid {
 public:
  Grid() = default;
  Grid(SimTime start, SimDuration window)
      : origin(start), length(window), reciprocal(~std::uint64_t{0} / static_cast<std::uint64_t>(window.count())) {}

  /// Division by the reciprocal, which takes a third of the time: rounded down, it is one too small at most.
  [[nodiscard]] WindowIndex index_of(SimTime t) const {
    const auto ticks = static_cast<std::uint64_t>((t - origin).count());
    const auto divisor = static_cast<std::uint64_t>(length.count());
    const auto quotient = static_cast<std::uint64_t>(static_cast<Wide>(ticks) * reciprocal >> 64);
    return static_cast<WindowIndex>(quotient + (ticks - quotient * divisor >= divisor ? 1U : 0U));
  }
  [[nodiscard]] SimTime start_of(WindowIndex w) const { return origin + w * length; }

  SimTime origin{};
  SimDuration length{1};

 private:
  __extension__ using Wide = unsigned __int128;
  std::uint64_t reciprocal = ~std::uint64_t{0};  ///< (2^64 - 1) / length
};

/// What all shards share while one window is worked through; read-only then.
struct Window {
  WindowIndex index = 0;
  SimTime start{};
  SimTime end{};
  SimTime limit{};  ///< events from here on stay pending; before `end` when a run stops inside the window
  Grid grid{};
};

/// Which shard a process belongs to: contiguous ranges of equal size, found without a table.
struct Division {
  std::uint64_t scale = 0;  ///< shards / processes, as a 32-bit fraction rounded down
  std::uint32_t shards = 1;

  static Division of(std::uint64_t processes, std::uint64_t shards) {
    const std::uint64_t n = std::min(processes, shards);
    return {(n << 32) / processes, static_cast<std::uint32_t>(n)};
  }
  [[nodiscard]] std::uint32_t shard_of(ProcessId p) const { return static_cast<std::uint32_t>(p * scale >> 32); }
  /// The first process of a shard; shard `shards` begins after the last process.
  [[nodiscard]] ProcessId first(std::uint64_t shard, std::uint64_t processes) const {
    if (shard >= shards) return static_cast<ProcessId>(processes);
    return static_cast<ProcessId>(std::min(processes, ((shard << 32) + scale - 1) / scale));
  }
};

/// The two functions of a model that a context calls, without its type.
struct ModelView {
  const void* model = nullptr;
  SimDuration (*min_delay)(const void*, ProcessId, ProcessId) = nullptr;
  std::string (*process_name)(const void*, ProcessId) = nullptr;
};

}  // namespace rackrate::engine::detail
