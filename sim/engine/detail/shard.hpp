#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/engine/detail/causality.hpp"
#include "sim/engine/detail/event_list.hpp"
#include "sim/engine/event.hpp"

namespace rackrate::engine::detail {

/// What all shards share while one window is worked through; read-only then.
struct Window {
  WindowIndex index = 0;
  SimTime start{};
  SimTime end{};
  SimTime limit{};          ///< events from here on stay pending; before `end` when a run stops inside the window
  SimTime origin{};         ///< start of window 0
  SimDuration length{};
  unsigned parity = 0;      ///< which outboxes are being written; the others are being read

  [[nodiscard]] WindowIndex index_of(SimTime t) const { return (t - origin) / length; }
};

/// The two questions that a context asks of a model, without knowing its type.
struct ModelView {
  const void* model = nullptr;
  SimDuration (*min_delay)(const void*, ProcessId, ProcessId) = nullptr;
  std::string (*process_name)(const void*, ProcessId) = nullptr;
};

/// A contiguous range of processes with their future events. It is worked by one thread at a time;
/// what it sends to other shards waits in its outboxes until they fetch it in the next window.
template <class Payload>
struct alignas(64) Shard {
  using Bucket = std::vector<Event<Payload>>;

  ProcessId first = 0;                     ///< processes first..last-1
  ProcessId last = 0;
  EventList<Payload> list;
  Bucket open;                             ///< the open window's events, by process, then in order
  Bucket scratch;
  Bucket inside;                           ///< heap of what the running process scheduled inside the window
  std::vector<std::uint32_t> offsets;      ///< per process, while `open` is dealt out
  std::array<std::vector<Bucket>, 2> out;  ///< by parity and receiving shard
  WindowIndex earliest_sent = kNoWindow;   ///< of the messages still in outboxes
  std::uint64_t handled = 0;               ///< in the last window
  std::uint64_t sent = 0;                  ///< since the start
  std::exception_ptr failure;
  Event<Payload> failed_at;                ///< the event whose handler threw

  [[nodiscard]] static bool later(const Event<Payload>& a, const Event<Payload>& b) { return before(b, a); }

  void push_inside(const Event<Payload>& event) {
    inside.push_back(event);
    std::push_heap(inside.begin(), inside.end(), later);
  }
  [[nodiscard]] Event<Payload> pop_inside() {
    std::pop_heap(inside.begin(), inside.end(), later);
    const Event<Payload> event = inside.back();
    inside.pop_back();
    return event;
  }

  /// Takes in what other shards sent to shard `self` in the window before.
  void fetch(std::vector<Shard>& shards, std::size_t self, unsigned parity, const Window& w) {
    for (Shard& source : shards) {
      Bucket& messages = source.out[parity][self];
      for (const Event<Payload>& message : messages) list.insert(message, w.index_of(message.time));
      messages.clear();
    }
  }

  /// Moves the current window's bucket to `open`, grouped by process and ordered within each.
  void open_window() {
    list.take_current(open);
    const auto by_process = [](const Event<Payload>& a, const Event<Payload>& b) {
      return a.target != b.target ? a.target < b.target : before(a, b);
    };
    // Dealing out by counting is linear but visits every process; it pays when a good part of them has events.
    const std::size_t processes = last - first;
    if (open.size() < 64 || open.size() < processes / 4) {
      std::sort(open.begin(), open.end(), by_process);
      return;
    }
    offsets.assign(processes + 1, 0);
    for (const Event<Payload>& e : open) ++offsets[e.target - first + 1];
    for (std::size_t p = 0; p < processes; ++p) offsets[p + 1] += offsets[p];
    scratch.resize(open.size());
    for (const Event<Payload>& e : open) scratch[offsets[e.target - first]++] = e;
    std::size_t begin = 0;  // offsets[p] is now the end of process p
    for (std::size_t p = 0; p < processes; ++p) {
      const std::size_t end = offsets[p];
      if (end - begin > 1) std::sort(scratch.begin() + static_cast<std::ptrdiff_t>(begin), scratch.begin() + static_cast<std::ptrdiff_t>(end), before<Payload>);
      begin = end;
    }
    std::swap(open, scratch);
  }
};

}  // namespace rackrate::engine::detail
