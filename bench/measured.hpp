#pragma once
#include <sys/resource.h>

#include <chrono>
#include <cstdint>

#include "bench/allocations.hpp"
#include "sim/core/sim_time.hpp"

namespace bench {

/// A run in three pieces: up to `warm_up` untimed, then timed; allocations are counted from `middle` on.
struct Course {
  rackrate::core::SimTime warm_up;
  rackrate::core::SimTime middle;
  rackrate::core::SimTime end;
};

struct Measured {
  std::uint64_t events = 0;        ///< in all
  std::uint64_t timed_events = 0;  ///< after the warm-up
  double seconds = 0.0;            ///< that these took
  double allocations_per_event = 0.0;

  [[nodiscard]] double events_per_second() const { return static_cast<double>(timed_events) / seconds; }
};

/// `advance(until)` runs an engine and returns how many events it has handled since it was made. What a
/// call of it allocates whatever its length is found by one that has nothing to do, and left out.
template <class Advance>
[[nodiscard]] Measured measure(const Course& course, const Advance& advance) {
  Measured m;
  const std::uint64_t warm = advance(course.warm_up);
  const auto begin = std::chrono::steady_clock::now();
  const std::uint64_t half = advance(course.middle);
  const std::uint64_t allocated = allocations();
  m.events = advance(course.end);
  m.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  m.timed_events = m.events - warm;
  const std::uint64_t ended = allocations();
  advance(course.end);
  const std::uint64_t of_a_call = allocations() - ended;
  const std::uint64_t of_events = ended - allocated > of_a_call ? ended - allocated - of_a_call : 0;
  if (m.events > half) m.allocations_per_event = static_cast<double>(of_events) / static_cast<double>(m.events - half);
  return m;
}

/// Largest resident size of this program so far.
[[nodiscard]] inline double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace bench
