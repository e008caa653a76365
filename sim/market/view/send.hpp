#pragma once
#include <algorithm>
#include <cassert>

#include "sim/core/sim_time.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/market/view/messages.hpp"

/// How messages travel: each states its own kind and priority, so a sender says to whom, when and what.
namespace rackrate::market {

using Context = engine::Context<Payload>;
using Event = engine::Event<Payload>;
using engine::ProcessId;

/// Kind and priority as the engine counts them.
template <Message M>
inline constexpr auto kKindNumber = static_cast<std::uint16_t>(M::kind);
template <Message M>
inline constexpr auto kPriorityNumber = static_cast<std::int16_t>(M::priority);

[[nodiscard]] inline EventKind event_kind(const Event& event) { return static_cast<EventKind>(event.kind); }

/// Sends a message to another process. It arrives at the end of the window, the earliest time that the engine allows.
template <Message M>
void send(Context& context, ProcessId to, const M& message) {
  context.send(to, context.window_end(), kKindNumber<M>, pack(message), kPriorityNumber<M>);
}
/// The same at a later time; a time within the window counts as its end.
template <Message M>
void send_at(Context& context, ProcessId to, core::SimTime time, const M& message) {
  context.send(to, std::max(time, context.window_end()), kKindNumber<M>, pack(message), kPriorityNumber<M>);
}
/// Schedules a message of the process to itself.
template <Message M>
void schedule(Context& context, core::SimTime time, const M& message) {
  context.schedule(time, kKindNumber<M>, pack(message), kPriorityNumber<M>);
}
/// The message of an event of its kind.
template <Message M>
[[nodiscard]] M receive(const Event& event) {
  assert(event_kind(event) == M::kind);
  return unpack<M>(event.payload);
}

/// A message from outside the run's processes: from the scenario, or from the barrier between two windows.
struct FirstEvent {
  core::SimTime time;
  std::uint16_t kind;
  std::int16_t priority;
  Payload payload;

  template <Message M>
  FirstEvent(core::SimTime at, const M& message)
      : time(at), kind(kKindNumber<M>), priority(kPriorityNumber<M>), payload(pack(message)) {}
};
inline void post(engine::Simulator<Payload>& simulator, ProcessId to, const FirstEvent& event) {
  simulator.post(to, event.time, event.kind, event.payload, event.priority);
}

}  // namespace rackrate::market
