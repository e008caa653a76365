#pragma once
#include <stdexcept>

#include "sim/engine/detail/shard.hpp"
#include "sim/engine/event.hpp"

namespace rackrate::engine {

template <class Payload>
class Simulator;

/// What a handler may do, on behalf of the process that it runs for. Lives for one call.
template <class Payload>
class Context {
 public:
  [[nodiscard]] SimTime now() const { return now_; }
  [[nodiscard]] ProcessId self() const { return self_; }
  [[nodiscard]] SimTime window_start() const { return window_.start; }
  [[nodiscard]] SimTime window_end() const { return window_.end; }

  /// Schedules an event for this process itself, with no delay if wanted.
  /// Throws: CausalityError if `at` < now(); std::invalid_argument for the reserved kind.
  Handle schedule(SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority = 0) {
    if (at < now_) [[unlikely]] detail::throw_in_the_past(model_.process_name(model_.model, self_), now_, at);
    const Event<Payload> event = stamp(self_, at, kind, payload, priority);
    keep(event);
    return {at, event.tie, priority};
  }

  /// Sends an event to another process; to itself it is the same as schedule().
  /// Throws: CausalityError if `at` < window_end() or `at` < now() + the link's minimum delay;
  /// std::invalid_argument for the reserved kind; std::out_of_range for a process that does not exist.
  void send(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority = 0) {
    if (to == self_) {
      schedule(at, kind, payload, priority);
      return;
    }
    if (to >= processes_) [[unlikely]] throw std::out_of_range("message to process " + std::to_string(to) + "; there are " + std::to_string(processes_));
    const SimDuration minimum = model_.min_delay(model_.model, self_, to);
    if (at < window_.end || at < now_ + minimum) [[unlikely]] {
      detail::throw_too_early({model_.process_name(model_.model, self_), model_.process_name(model_.model, to), now_, at,
                               window_.end, window_.length, minimum});
    }
    const Event<Payload> event = stamp(to, at, kind, payload, priority);
    const detail::WindowIndex window = window_.index_of(at);
    if (window < shard_.earliest_sent) shard_.earliest_sent = window;
    shard_.out[window_.parity][shard_of_[to]].push_back(event);
    ++shard_.sent;
  }

  /// Takes back an event that this process scheduled for itself. Does nothing when the event has
  /// been handled or cancelled, or when the handle is a default one.
  /// Throws: std::invalid_argument for another process's handle. Cost: O(1), or the logarithm of the
  /// number of events in the process's own open window.
  void cancel(const Handle& handle) {
    if (!handle.valid()) return;
    if (handle.tie >> 32 != rank_) throw std::invalid_argument("a process can cancel its own events only");
    if (handle.time < now_) return;
    Event<Payload> mark;
    mark.time = handle.time;
    mark.tie = handle.tie;
    mark.target = self_;
    mark.priority = handle.priority;
    mark.kind = kCancellation;
    keep(mark);
  }

 private:
  friend class Simulator<Payload>;
  Context(detail::Shard<Payload>& shard, const detail::Window& window, const detail::ModelView& model,
          const std::uint32_t* shard_of, ProcessId processes)
      : shard_(shard), window_(window), model_(model), shard_of_(shard_of), processes_(processes) {}

  [[nodiscard]] Event<Payload> stamp(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority) {
    if (kind == kCancellation) [[unlikely]] throw std::invalid_argument("event kind 65535 is reserved for cancellations");
    if (*sequence_ == UINT32_MAX) [[unlikely]] throw std::overflow_error(model_.process_name(model_.model, self_) + " has scheduled 2^32 - 1 events; no more can be told apart");
    return {at, rank_ << 32 | (*sequence_)++, to, priority, kind, payload};
  }

  /// Keeps an event of this process: inside the open window in the heap, else in its bucket.
  void keep(const Event<Payload>& event) {
    if (event.time < window_.end) {
      shard_.push_inside(event);
    } else {
      shard_.list.insert(event, window_.index_of(event.time));
    }
  }

  detail::Shard<Payload>& shard_;
  const detail::Window& window_;
  const detail::ModelView& model_;
  const std::uint32_t* shard_of_;
  ProcessId processes_;
  SimTime now_{};
  ProcessId self_ = 0;
  std::uint64_t rank_ = 0;
  std::uint32_t* sequence_ = nullptr;
};

}  // namespace rackrate::engine
