#pragma once
#include <algorithm>
#include <exception>
#include <stdexcept>

#include "sim/core/error.hpp"
#include "sim/engine/simulator.hpp"

/// How a Simulator moves: windows, shards, processes.
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

}  // namespace detail

template <class Payload>
template <Model M>
void Simulator<Payload>::run_until(M& model, SimTime until, Executor& executor, const std::atomic<bool>* stop) {
  static_assert(std::is_same_v<typename M::Payload, Payload>, "model and simulator must agree on the payload");
  if (failed_) throw std::logic_error("this simulation failed earlier and cannot go on; start again from a copy or a snapshot");
  if (until < now_) throw core::CausalityError("asked to run until " + core::to_string(until) + "; expected " + core::to_string(now_) + " or later, which is the clock");
  try {
    run_windows(model, until, executor, stop);
  } catch (...) {
    deliver_outboxes();
    throw;
  }
  deliver_outboxes();
}

template <class Payload>
template <class M>
void Simulator<Payload>::run_windows(M& model, SimTime until, Executor& executor, const std::atomic<bool>* stop) {
  const detail::ModelView view{
      &model, [](const void* m, ProcessId from, ProcessId to) -> SimDuration { return static_cast<const M*>(m)->min_delay(from, to); },
      [](const void* m, ProcessId p) -> std::string { return static_cast<const M*>(m)->process_name(p); }};
  for (;;) {
    const detail::WindowIndex next = next_window();
    // The barrier of a window waits until nothing more can happen in it.
    if (barrier_due_ && next > open_ && start_of(open_ + 1) <= until) {
      now_ = start_of(open_ + 1);
      barrier_due_ = false;
      if constexpr (requires { model.at_barrier(now_, *this); }) {
        model.at_barrier(now_, *this);
      } else {
        model.at_barrier(now_);
      }
      continue;  // the model may have posted
    }
    if (next == detail::kNoWindow || start_of(next) >= until) break;
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) throw core::Interrupted();
    const SimTime end = start_of(next + 1);
    const SimTime limit = std::min(end, until);
    open_ = next;
    parity_ ^= 1U;
    const detail::Window window{next, start_of(next), end, limit, options_.start, options_.window, parity_};
    const bool parallel = executor.threads() > 1 && shards_.size() > 1 && last_handled_ >= options_.serial_below;
    const auto work = [&](std::size_t i) { work_shard(model, i, window, view); };
    if (parallel) {
      executor.for_each(shards_.size(), work);
    } else {
      for (std::size_t i = 0; i < shards_.size(); ++i) work(i);
    }
    account_window(window, parallel);
    rethrow_failure();
    if (limit < end) break;
  }
  now_ = until;
}

/// The next window with an event, counting messages that are still on their way.
template <class Payload>
detail::WindowIndex Simulator<Payload>::next_window() const {
  detail::WindowIndex next = detail::kNoWindow;
  for (const ShardType& shard : shards_) next = std::min({next, shard.list.next_window(), shard.earliest_sent});
  return next;
}

template <class Payload>
void Simulator<Payload>::account_window(const detail::Window& window, bool parallel) {
  last_handled_ = 0;
  statistics_.messages = 0;
  for (const ShardType& shard : shards_) {
    last_handled_ += shard.handled;
    statistics_.messages += shard.sent;
  }
  statistics_.events += last_handled_;
  if (last_handled_ > 0 && !barrier_due_) ++statistics_.windows;
  if (last_handled_ > 0) barrier_due_ = true;
  if (parallel) ++statistics_.parallel_windows;
  now_ = window.limit;
}

/// Rethrows the exception of the earliest failing event. Every process stops at its own first
/// failure and the others go on, so the choice does not depend on who ran first.
template <class Payload>
void Simulator<Payload>::rethrow_failure() {
  ShardType* first = nullptr;
  for (ShardType& shard : shards_) {
    if (shard.failure && (first == nullptr || before(shard.failed_at, first->failed_at))) first = &shard;
  }
  if (first == nullptr) return;
  failed_ = true;
  now_ = first->failed_at.time;
  std::rethrow_exception(first->failure);
}

template <class Payload>
template <class M>
void Simulator<Payload>::work_shard(M& model, std::size_t index, const detail::Window& window, const detail::ModelView& view) {
  ShardType& shard = shards_[index];
  shard.handled = 0;
  shard.list.advance(window.index);
  shard.fetch(shards_, index, window.parity ^ 1U, window);
  shard.earliest_sent = detail::kNoWindow;  // of the outboxes that are being fetched now
  if (shard.list.next_window() != window.index) return;
  shard.open_window();
  Context<Payload> context{shard, window, view, layout_->shard_of.data(), static_cast<ProcessId>(processes())};
  for (std::size_t begin = 0; begin < shard.open.size();) {
    std::size_t end = begin + 1;
    while (end < shard.open.size() && shard.open[end].target == shard.open[begin].target) ++end;
    work_process(model, shard, context, begin, end);
    begin = end;
  }
  shard.open.clear();
}

/// One process's events of the window: open[begin..end) merged with what it adds for itself.
template <class Payload>
template <class M>
void Simulator<Payload>::work_process(M& model, ShardType& shard, Context<Payload>& context, std::size_t begin, std::size_t end) {
  const ProcessId process = shard.open[begin].target;
  context.self_ = process;
  context.rank_ = layout_->rank[process];
  context.sequence_ = &sequences_[process];
  std::uint64_t cancelled = 0;  // tie of the last cancellation; 0 belongs to no process
  Event<Payload> popped;
  while (begin < end || !shard.inside.empty()) {
    const bool from_inside = !shard.inside.empty() && (begin == end || before(shard.inside.front(), shard.open[begin]));
    if ((from_inside ? shard.inside.front() : shard.open[begin]).time >= context.window_.limit) break;
    if (from_inside) popped = shard.pop_inside();
    const Event<Payload>& event = from_inside ? popped : shard.open[begin++];
    if (event.kind == kCancellation) {
      cancelled = event.tie;
      continue;
    }
    if (event.tie == cancelled && cancelled != 0) continue;
    ++shard.handled;
    if (!digests_.empty()) digests_[process] = detail::digest_step(digests_[process], event);
    context.now_ = event.time;
    try {
      model.handle(context, event);
    } catch (...) {
      if (!shard.failure || before(event, shard.failed_at)) {
        shard.failure = std::current_exception();
        shard.failed_at = event;
      }
      shard.inside.clear();
      return;
    }
  }
  // A run that stops inside the window leaves the rest pending.
  for (; begin < end; ++begin) shard.list.insert(shard.open[begin], context.window_.index);
  for (const Event<Payload>& event : shard.inside) shard.list.insert(event, context.window_.index);
  shard.inside.clear();
}

}  // namespace rackrate::engine
