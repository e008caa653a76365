#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace rackrate::engine {

/// Counts of a run. Part of the simulator's state, the same for every executor but for the last line.
struct Statistics {
  std::uint64_t events = 0;            ///< handled
  std::uint64_t messages = 0;          ///< between distinct processes
  std::uint64_t windows = 0;           ///< in which at least one event was handled
  std::uint64_t parallel_windows = 0;  ///< passes handed to an executor of more than one thread
};

/// Counts by powers of two: bin k holds values in [2^(k-1), 2^k), bin 0 holds zeros.
struct LogHistogram {
  std::array<std::uint64_t, 65> bins{};
  void add(std::uint64_t value) { ++bins[static_cast<std::size_t>(std::bit_width(value))]; }
  void add(const LogHistogram& other) {
    for (std::size_t k = 0; k < bins.size(); ++k) bins[k] += other.bins[k];
  }
  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t n = 0;
    for (const std::uint64_t b : bins) n += b;
    return n;
  }
};

/// Where a run's wall-clock time went: given to Limits::profile, it is added to. Times depend on the
/// machine, so it is no part of a simulator's state.
struct Profile {
  double serial_seconds = 0;    ///< windows worked on the calling thread alone
  double parallel_seconds = 0;  ///< windows shared between threads, from start to last thread's end
  double waiting_seconds = 0;   ///< of that, threads' time spent waiting for the last one, or not yet started
  double barrier_seconds = 0;   ///< Model::at_barrier, always serial
  LogHistogram window_events;   ///< events by window
  LogHistogram shard_events;    ///< events by shard and window, empty ones left out

  /// Part of the time in which one thread only can work, 0..1: the limit to speed-up (Amdahl 1967).
  [[nodiscard]] double serial_share() const {
    const double all = serial_seconds + parallel_seconds + barrier_seconds;
    return all > 0 ? (serial_seconds + barrier_seconds) / all : 0;
  }
};

}  // namespace rackrate::engine
