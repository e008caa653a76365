#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/engine/event.hpp"
#include "sim/engine/statistics.hpp"

namespace rackrate::engine {

template <class Payload>
class Simulator;

/// The events that a trace receives. Empty lists mean all.
struct TraceFilter {
  std::vector<ProcessId> processes = {};
  std::vector<std::uint16_t> kinds = {};
  SimTime from = core::kAlways;
  SimTime until = core::kNever;  ///< exclusive
};

/// Receives handled events after each window, on one thread and in their total order, for every executor.
/// `sink` may not touch the model.
template <class Payload>
struct Trace {
  std::function<void(const Event<Payload>&)> sink = {};
  TraceFilter filter = {};
};

/// Where a run ends; the first limit that is reached counts. All but `until` are checked after barriers,
/// the only instants at which the whole model is at one time.
template <class Payload>
struct Limits {
  SimTime until = core::kNever;                                      ///< exclusive
  std::uint64_t events = std::numeric_limits<std::uint64_t>::max();  ///< at least so many handled in this call
  std::function<bool(const Simulator<Payload>&)> when = {};          ///< true ends the run
  const std::atomic<bool>* stop = nullptr;  ///< true throws core::Interrupted before the next window
  const Trace<Payload>* trace = nullptr;
  Profile* profile = nullptr;  ///< receives the times, added to its present values
};

/// Why a run ended.
enum class Ended : std::uint8_t {
  kTime,        ///< Limits::until
  kEvents,      ///< Limits::events
  kPredicate,   ///< Limits::when
  kNothingLeft  ///< no event is pending; only when no time was given
};

}  // namespace rackrate::engine
