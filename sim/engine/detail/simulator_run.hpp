#pragma once
#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

#include "sim/core/error.hpp"
#include "sim/core/rounding.hpp"
#include "sim/engine/simulator.hpp"

/// How a Simulator moves from window to window.
namespace rackrate::engine {

template <class Payload>
template <Model M>
void Simulator<Payload>::run_until(M& model, SimTime until, Executor& executor, const std::atomic<bool>* stop) {
  (void)run(model, {.until = until, .stop = stop}, executor);
  now_ = until;  // also when nothing was left and `until` is the end of time
}

template <class Payload>
template <Model M>
Ended Simulator<Payload>::run(M& model, const Limits<Payload>& limits, Executor& executor) {
  static_assert(std::is_same_v<typename M::Payload, Payload>, "model and simulator must agree on the payload");
  const core::DefaultArithmetic arithmetic;
  if (failed_)
    throw std::logic_error("this simulation failed earlier and cannot go on; start again from a copy or a snapshot");
  const SimTime until = limits.until;
  if (until < now_)
    throw core::CausalityError("asked to run until " + core::to_string(until) + "; expected " + core::to_string(now_) +
                               " or later, which is the clock");
  if (until > core::kNever)
    throw core::CausalityError("asked to run until " + std::to_string(until.time_since_epoch().count()) +
                               " ms; expected core::kNever or earlier, the end of time");
  Pass current;
  current.view = {&model,
                  [](const void* m, ProcessId from, ProcessId to) -> SimDuration {
                    return static_cast<const M*>(m)->min_delay(from, to);
                  },
                  [](const void* m, ProcessId p) -> std::string { return static_cast<const M*>(m)->process_name(p); }};
  current.trace = limits.trace != nullptr && limits.trace->sink ? limits.trace : nullptr;
  current.profile = limits.profile;
  current.observed = current.trace != nullptr || !digests_.empty();
  const detail::Grid& grid = future_.grid();
  detail::Claims claims(future_.shards().size());
  const detail::WindowIndex last_window = grid.index_of(core::kNever);
  const std::uint64_t handled_before = statistics_.events;
  for (;;) {
    const detail::WindowIndex next = future_.next_window();
    // The barrier of a window waits until nothing more can happen in it.
    if (barrier_due_ && next > open_ && grid.start_of(open_ + 1) <= until) {
      call_barrier(model, limits.profile);
      if (statistics_.events - handled_before >= limits.events) return Ended::kEvents;
      if (limits.when && limits.when(*this)) return Ended::kPredicate;
      continue;  // the model may have posted
    }
    // Before the end of time there is nothing left when all that is pending is pending for ever.
    if (until == core::kNever &&
        (next == detail::kNoWindow || (next >= last_window && next_event_time() == core::kNever))) {
      return Ended::kNothingLeft;
    }
    if (next == detail::kNoWindow || grid.start_of(next) >= until) break;
    if (limits.stop != nullptr && limits.stop->load(std::memory_order_relaxed)) throw core::Interrupted();
    const SimTime end = grid.start_of(next + 1);
    current.window = {next, grid.start_of(next), end, std::min(end, until), grid};
    pass(model, current, executor, claims);
    if (current.window.limit < end) break;
  }
  now_ = until;
  return Ended::kTime;
}

template <class Payload>
template <class M>
void Simulator<Payload>::call_barrier(M& model, Profile* profile) {
  const auto began = profile != nullptr ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
  now_ = future_.grid().start_of(open_ + 1);
  barrier_due_ = false;
  failed_ = true;  // a barrier that throws may have published half of the model
  if constexpr (requires { model.at_barrier(now_, *this); }) {
    model.at_barrier(now_, *this);
  } else {
    model.at_barrier(now_);
  }
  failed_ = false;
  if (profile != nullptr)
    profile->barrier_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// One window, by one thread or by all. Lanes outlive the pass: what was scheduled in parallel may be
/// handled serially, and the other way round.
template <class Payload>
template <class M>
void Simulator<Payload>::pass(M& model, const Pass& current, Executor& executor, detail::Claims& claims) {
  const auto began =
      current.profile != nullptr ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
  const std::size_t shards = future_.shards().size();
  const std::size_t threads = std::min<std::size_t>(static_cast<std::size_t>(executor.threads()), shards);
  const bool parallel = threads > 1 && last_handled_ >= options_.serial_below;
  failed_ = true;  // until the pass is whole: after any exception, half a window is no valid state to continue from
  open_ = current.window.index;
  if (parallel) future_.need_workers(threads);
  if (future_.must_deal(open_)) deal(open_, executor, parallel);
  future_.open(open_, parallel);
  if (parallel) {
    claims.next_round();
    executor.for_each(threads, [&](std::size_t worker) {
      const core::DefaultArithmetic arithmetic;  // a pooled thread may have been made under another
      future_.reclaim(worker);
      claims.for_each(worker, threads, [&](std::size_t shard) { work_shard(model, shard, worker, current); });
      if (current.profile != nullptr) future_.worker(worker).finished = std::chrono::steady_clock::now();
    });
  } else {
    for (std::size_t shard = 0; shard < shards; ++shard) work_shard(model, shard, 0, current);
  }
  account(current, parallel, began);
  rethrow_failure();
  failed_ = false;
  if (current.trace != nullptr) tell(*current.trace);
}

/// Far events have come near: every lane deals out its own.
template <class Payload>
void Simulator<Payload>::deal(detail::WindowIndex window, Executor& executor, bool parallel) {
  const auto one = [&](std::size_t worker) { future_.deal(worker, window); };
  if (parallel) {
    executor.for_each(future_.workers(), one);
  } else {
    for (std::size_t worker = 0; worker < future_.workers(); ++worker) one(worker);
  }
}

template <class Payload>
void Simulator<Payload>::account(const Pass& current, bool parallel, std::chrono::steady_clock::time_point began) {
  last_handled_ = 0;
  for (std::size_t w = 0; w < future_.workers(); ++w) {
    WorkerType& worker = future_.worker(w);
    last_handled_ += std::exchange(worker.handled, 0);
    statistics_.messages += std::exchange(worker.sent, 0);
  }
  statistics_.events += last_handled_;
  if (last_handled_ > 0 && !barrier_due_) ++statistics_.windows;
  if (last_handled_ > 0) barrier_due_ = true;
  if (parallel) ++statistics_.parallel_windows;
  now_ = current.window.limit;
  if (current.profile == nullptr) return;
  Profile& profile = *current.profile;
  using Seconds = std::chrono::duration<double>;
  const auto ended = std::chrono::steady_clock::now();
  (parallel ? profile.parallel_seconds : profile.serial_seconds) += Seconds(ended - began).count();
  profile.window_events.add(last_handled_);
  for (std::size_t w = 0; w < future_.workers(); ++w) {
    WorkerType& worker = future_.worker(w);
    profile.shard_events.add(std::exchange(worker.shard_events, {}));
    if (parallel && worker.finished >= began) profile.waiting_seconds += Seconds(ended - worker.finished).count();
  }
}

/// The traced events of the window, which the workers kept in their own order.
template <class Payload>
void Simulator<Payload>::tell(const Trace<Payload>& trace) {
  std::vector<Event<Payload>> all;
  for (std::size_t w = 0; w < future_.workers(); ++w) {
    WorkerType& worker = future_.worker(w);
    all.insert(all.end(), worker.traced.begin(), worker.traced.end());
    worker.traced.clear();
  }
  std::sort(all.begin(), all.end(), before<Payload>);
  for (const Event<Payload>& event : all) trace.sink(event);
}

/// Rethrows the exception of the earliest failing event. Every process stops at its own first
/// failure and the others continue, so the choice does not depend on which thread ran first.
template <class Payload>
void Simulator<Payload>::rethrow_failure() {
  ShardType* first = nullptr;
  for (ShardType& shard : future_.shards()) {
    if (shard.failure && (first == nullptr || before(shard.failed_at, first->failed_at))) first = &shard;
  }
  if (first == nullptr) return;
  now_ = first->failed_at.time;
  std::rethrow_exception(first->failure);
}

}  // namespace rackrate::engine
