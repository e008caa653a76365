#pragma once
#include <cstdint>
#include <type_traits>

#include "sim/core/sim_time.hpp"

namespace rackrate::engine {

using core::SimDuration;
using core::SimTime;

/// Index of a logical process, 0..n-1 in the order of the names given to the Simulator.
using ProcessId = std::uint32_t;

/// Kinds are the model's own numbers, except this one: it marks the cancellation of an event.
inline constexpr std::uint16_t kCancellation = 0xffff;

/// Something that happens to one process at one time: a value, never a closure.
///
/// Events are ordered by (time, priority, tie), lower first. `tie` is the rank of the process that
/// scheduled the event in its upper half and that origin's own count of schedulings in its lower
/// half, so no two events compare equal. The outside world has rank 0; processes rank from 1 by the
/// hash of their names, so that the order does not depend on their numbering.
template <class Payload>
struct Event {
  static_assert(std::is_trivially_copyable_v<Payload>, "events are copied, sent and saved as bytes");
  SimTime time{};
  std::uint64_t tie = 0;
  ProcessId target = 0;
  std::int16_t priority = 0;
  std::uint16_t kind = 0;
  Payload payload{};
};

/// Strictly before in the total order. A cancellation carries the key of the event that it cancels
/// and goes just before it.
template <class Payload>
[[nodiscard]] inline bool before(const Event<Payload>& a, const Event<Payload>& b) {
  if (a.time != b.time) return a.time < b.time;
  if (a.priority != b.priority) return a.priority < b.priority;
  if (a.tie != b.tie) return a.tie < b.tie;
  return a.kind == kCancellation && b.kind != kCancellation;
}

/// Names an event that a process scheduled for itself. A default handle names nothing.
struct Handle {
  SimTime time{};
  std::uint64_t tie = 0;
  std::int16_t priority = 0;
  [[nodiscard]] bool valid() const { return tie != 0; }
  friend bool operator==(const Handle&, const Handle&) = default;
};

}  // namespace rackrate::engine
