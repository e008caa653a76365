#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <vector>

#include "sim/engine/detail/agenda.hpp"
#include "sim/engine/detail/lane.hpp"
#include "sim/engine/event.hpp"
#include "sim/engine/limits.hpp"
#include "sim/engine/statistics.hpp"

namespace rackrate::engine::detail {

/// A contiguous range of processes, worked through by one thread at a time.
template <class Payload>
struct alignas(64) Shard {
  ProcessId first = 0;
  ProcessId processes = 0;
  Agenda<Payload> agenda;
  std::vector<Chain<Payload>> open;  ///< by lane: chunks that the agenda points into
  /// By lane: chunks that go home when their owner works next. Two of them take turns: one is filled in this
  /// pass while owners, at the same time, fetch what was left in the other by the pass before.
  std::array<std::vector<Chain<Payload>>, 2> spent;
  std::exception_ptr failure = nullptr;
  Event<Payload> failed_at = {};  ///< the event whose handler threw
};

/// What one thread needs to work through a window: its lane of the future, and what it counts.
template <class Payload>
struct alignas(64) Worker {
  explicit Worker(std::uint32_t shards) : lane(shards) { inside.reserve(64); }

  Lane<Payload> lane;
  std::vector<Event<Payload>> inside;  ///< heap of what the running process scheduled inside the window
  std::uint64_t handled = 0;           ///< in this window
  std::uint64_t sent = 0;              ///< in this window
  std::vector<Event<Payload>> traced;  ///< in this window
  LogHistogram shard_events;
  std::chrono::steady_clock::time_point finished{};

  [[nodiscard]] static bool later(const Event<Payload>& a, const Event<Payload>& b) { return before(b, a); }
  // Out of line: they are rare where speed matters, and inlined they cost the common path its registers.
  [[gnu::noinline]] void push_inside(const Event<Payload>& event) {
    inside.push_back(event);
    std::push_heap(inside.begin(), inside.end(), later);
  }
  [[gnu::noinline]] void pop_inside(Event<Payload>& to) {
    std::pop_heap(inside.begin(), inside.end(), later);
    to = inside.back();
    inside.pop_back();
  }
};

[[nodiscard]] inline bool lets_through(const TraceFilter& filter, SimTime time, ProcessId process, std::uint16_t kind) {
  const auto has = [](const auto& list, const auto& x) {
    return list.empty() || std::find(list.begin(), list.end(), x) != list.end();
  };
  return time >= filter.from && time < filter.until && has(filter.processes, process) && has(filter.kinds, kind);
}

}  // namespace rackrate::engine::detail
