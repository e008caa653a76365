#pragma once
#include <cstdint>
#include <exception>

#include "sim/engine/simulator.hpp"

/// What happens inside a window: shard by shard, process by process, event by event.
namespace rackrate::engine {
namespace detail {

/// One step of a process's order digest.
template <class Payload>
[[nodiscard]] inline std::uint64_t digest_step(std::uint64_t h, const Event<Payload>& e) {
  const auto mix = [](std::uint64_t x) {
    x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93ULL;
    return x ^ (x >> 29);
  };
  h = mix(h ^ static_cast<std::uint64_t>(e.time.time_since_epoch().count()));
  h = mix(h + e.tie);
  return mix(h ^ (static_cast<std::uint64_t>(static_cast<std::uint16_t>(e.priority)) << 16 | e.kind));
}

/// How many events ahead an event and a process's state are prefetched: a memory access takes about the time
/// of this many handlers.
inline constexpr std::size_t kEventAhead = 4;
inline constexpr std::size_t kStateAhead = 8;
inline constexpr std::size_t kEarlyAhead = 16;

/// While the event before place `at` of an agenda is handled: prefetches for those further on.
template <class M, class Payload>
inline void prefetch_state(M& model, const Agenda<Payload>& agenda, std::size_t at) {
  if constexpr (requires(ProcessId p) { model.prefetch_early(p); })
    model.prefetch_early(agenda.process(at + kEarlyAhead));
  if constexpr (requires(ProcessId p) { model.prefetch(p); }) model.prefetch(agenda.process(at + kStateAhead));
}

/// The same for those of the first events, which none comes before.
template <class M, class Payload>
inline void prefetch_first_states(M& model, const Agenda<Payload>& agenda) {
  static_assert(kStateAhead <= kEarlyAhead && kEarlyAhead <= Agenda<Payload>::kLookAhead);
  if constexpr (requires(ProcessId p) { model.prefetch_early(p); })
    for (std::size_t i = 0; i < kEarlyAhead; ++i) model.prefetch_early(agenda.process(i));
  if constexpr (requires(ProcessId p) { model.prefetch(p); })
    for (std::size_t i = 0; i < kStateAhead; ++i) model.prefetch(agenda.process(i));
}

}  // namespace detail

template <class Payload>
template <class M>
void Simulator<Payload>::work_shard(M& model, std::size_t index, std::size_t worker_index, const Pass& current) {
  ShardType& shard = future_.shards()[index];
  if (!future_.collect(shard, index, current.window)) return;
  future_.release(shard, index, current.window);
  WorkerType& worker = future_.worker(worker_index);
  if (current.profile != nullptr) worker.shard_events.add(shard.agenda.size());
  Context<Payload> context{worker,
                           static_cast<std::uint32_t>(index),
                           current.window,
                           current.view,
                           future_.division(),
                           static_cast<ProcessId>(processes())};
  detail::prefetch_first_states(model, shard.agenda);
  for (std::size_t at = 0; at < shard.agenda.size();) at = work_process(model, shard, worker, context, current, at);
  future_.give_back(shard, worker_index);
}

/// Works through one process's part of the agenda, which begins at `at`, merged with what the process
/// adds for itself. Returns where the next process begins.
template <class Payload>
template <class M>
std::size_t Simulator<Payload>::work_process(M& model, ShardType& shard, WorkerType& worker, Context<Payload>& context,
                                             const Pass& current, std::size_t at) {
  const detail::Agenda<Payload>& agenda = shard.agenda;
  const std::size_t end = agenda.end_of_process(at);
  const ProcessId process = agenda.process(at);
  context.self_ = process;
  context.origin_ = &origins_[process];
  std::uint64_t cancelled = 0;  // tie of the last cancellation; 0 belongs to no process
  const SimTime limit = current.window.limit;
  Event<Payload> popped;
  const Event<Payload>* event = nullptr;
  try {
    for (;;) {
      if (worker.inside.empty() || (at < end && before(agenda.event(at), worker.inside.front()))) {
        if (at == end) return end;
        event = &agenda.event(at);
        if (event->time >= limit) [[unlikely]]
          break;
        __builtin_prefetch(&agenda.event(at + detail::kEventAhead));
        if constexpr (requires { model.prefetch_early(process); })  // of a model whose states are large
          __builtin_prefetch(&origins_[agenda.process(at + detail::kStateAhead)], 1);
        detail::prefetch_state(model, agenda, at);
        ++at;
      } else {
        if (worker.inside.front().time >= limit) break;
        worker.pop_inside(popped);
        event = &popped;
      }
      if (event->kind == kCancellation) [[unlikely]] {
        cancelled = event->tie;
        continue;
      }
      if (event->tie == cancelled && cancelled != 0) [[unlikely]]
        continue;
      ++worker.handled;
      if (current.observed) [[unlikely]]
        observe(worker, *event, current.trace);
      context.now_ = event->time;
      model.handle(context, *event);
    }
  } catch (...) {
    if (!shard.failure || before(*event, shard.failed_at)) {
      shard.failure = std::current_exception();
      shard.failed_at = *event;
    }
    worker.inside.clear();
    return end;
  }
  // A run that stops inside the window leaves the rest pending.
  for (; at < end; ++at) worker.lane.place(current.window.index, context.shard_) = agenda.event(at);
  for (const Event<Payload>& left : worker.inside) worker.lane.place(current.window.index, context.shard_) = left;
  worker.inside.clear();
  return end;
}

template <class Payload>
void Simulator<Payload>::observe(WorkerType& worker, const Event<Payload>& event, const Trace<Payload>* trace) {
  if (!digests_.empty()) digests_[event.target] = detail::digest_step(digests_[event.target], event);
  if (trace != nullptr && detail::lets_through(trace->filter, event.time, event.target, event.kind))
    worker.traced.push_back(event);
}

}  // namespace rackrate::engine
