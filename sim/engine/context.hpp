#pragma once
#include <stdexcept>

#include "sim/engine/detail/causality.hpp"
#include "sim/engine/detail/origin.hpp"
#include "sim/engine/detail/window.hpp"
#include "sim/engine/detail/worker.hpp"
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
  /// Throws: CausalityError if `at` < now() or `at` > core::kNever; std::invalid_argument for the
  /// reserved kind.
  Handle schedule(SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority = 0) {
    if (at < now_ || at > core::kNever) [[unlikely]]
      detail::throw_outside_time(model_.process_name(model_.model, self_), now_, at);
    const std::uint64_t tie = next_tie(kind);
    keep(at, tie, kind, payload, priority);
    return {at, tie, priority};
  }

  /// Says that this process will schedule an event for itself about then. Changes nothing; what schedule() reads may be
  /// in the cache by then, if there is work to do meanwhile.
  void prefetch_schedule(SimTime at) const {
    if (at >= window_.end) worker_.lane.prefetch(window_.grid.index_of(at), shard_);
  }

  /// Sends an event to another process; to itself it is the same as schedule().
  /// Throws: CausalityError if `at` < window_end() or `at` < now() + the link's minimum delay or
  /// `at` > core::kNever; std::invalid_argument for the reserved kind; std::out_of_range for a process that does not
  /// exist.
  void send(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority = 0) {
    if (to == self_) {
      schedule(at, kind, payload, priority);
      return;
    }
    if (to >= processes_) [[unlikely]]
      throw std::out_of_range("message to process " + std::to_string(to) + "; there are " + std::to_string(processes_));
    if (at > core::kNever) [[unlikely]]
      detail::throw_outside_time(model_.process_name(model_.model, self_), now_, at);
    const SimDuration minimum = model_.min_delay(model_.model, self_, to);
    if (at < window_.end || at - now_ < minimum) [[unlikely]] {  // a difference: the sum may lie beyond the clock
      detail::throw_too_early({model_.process_name(model_.model, self_), model_.process_name(model_.model, to), now_,
                               at, window_.end, window_.grid.length, minimum});
    }
    const std::uint64_t tie = next_tie(kind);
    worker_.lane.place(window_.grid.index_of(at), division_.shard_of(to)) = {at, tie, to, priority, kind, payload};
    ++worker_.sent;
  }

  /// Moves an event that this process scheduled for itself: cancels it, if it is still to come, and
  /// schedules the new one. Returns the new handle.
  /// Throws: as schedule() and cancel().
  Handle reschedule(const Handle& handle, SimTime at, std::uint16_t kind, const Payload& payload,
                    std::int16_t priority = 0) {
    demand_own(handle);
    const Handle moved = schedule(at, kind, payload, priority);  // first: if it throws, nothing has changed
    cancel(handle);
    return moved;
  }

  /// Takes back an event that this process scheduled for itself. Does nothing when the event has
  /// been handled or cancelled, or when the handle is a default one.
  /// Throws: std::invalid_argument for another process's handle. Cost: O(1), or the logarithm of the
  /// number of events in the process's own open window.
  void cancel(const Handle& handle) {
    demand_own(handle);
    if (!handle.valid()) return;
    if (handle.time < now_) return;
    keep(handle.time, handle.tie, kCancellation, Payload{}, handle.priority);
  }

 private:
  friend class Simulator<Payload>;
  Context(detail::Worker<Payload>& worker, std::uint32_t shard, const detail::Window& window,
          const detail::ModelView& model, const detail::Division& division, ProcessId processes)
      : worker_(worker), shard_(shard), window_(window), model_(model), division_(division), processes_(processes) {}

  void demand_own(const Handle& handle) const {
    if (handle.valid() && handle.tie >> 32 != origin_->rank)
      throw std::invalid_argument("a process can cancel its own events only");
  }

  [[nodiscard]] std::uint64_t next_tie(std::uint16_t kind) {
    if (kind == kCancellation) [[unlikely]]
      throw std::invalid_argument("event kind 65535 is reserved for cancellations");
    if (origin_->sequence == UINT32_MAX) [[unlikely]]
      detail::throw_out_of_sequence(model_.process_name(model_.model, self_));
    return std::uint64_t{origin_->rank} << 32 | origin_->sequence++;
  }

  /// Keeps an event of this process: inside the open window in the heap, else in the worker's lane.
  void keep(SimTime at, std::uint64_t tie, std::uint16_t kind, const Payload& payload, std::int16_t priority) {
    if (at < window_.end) {
      worker_.push_inside({at, tie, self_, priority, kind, payload});
    } else {
      worker_.lane.place(window_.grid.index_of(at), shard_) = {at, tie, self_, priority, kind, payload};
    }
  }

  detail::Worker<Payload>& worker_;
  const std::uint32_t shard_;  ///< of the process that runs
  const detail::Window& window_;
  const detail::ModelView& model_;
  const detail::Division& division_;
  ProcessId processes_;
  SimTime now_{};
  ProcessId self_ = 0;
  detail::Origin* origin_ = nullptr;
};

}  // namespace rackrate::engine
