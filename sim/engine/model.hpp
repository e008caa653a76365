#pragma once
#include <concepts>
#include <string>
#include <type_traits>

#include "sim/engine/context.hpp"
#include "sim/engine/event.hpp"

namespace rackrate::engine {

/// at_barrier(window_end), or at_barrier(window_end, simulator) for a model that posts events there.
template <class M>
concept HasBarrier = requires(M& model, SimTime time) {
  model.at_barrier(time);
}
|| requires(M& model, SimTime time, Simulator<typename M::Payload>& simulator) { model.at_barrier(time, simulator); };

/// The members that a model must have. It owns all state; the engine calls it and keeps no pointer to it.
///
///   handle(context, event)    one process reacts; it may touch that process's state only, and runs
///                             at the same time as handlers of other processes
///   min_delay(from, to)       least delay of a message between two distinct processes
///   process_name(p)           for messages
///   at_barrier(window_end)    serial, after a window in which events were handled: the only place
///                             where one process's state may be published to others
///   prefetch(p)               optional: prefetches p's state into the cache, called some events ahead
///   prefetch_early(p)         optional: prefetches what prefetch(p) will read, called some events before that
template <class M>
concept Model = HasBarrier<M> && std::is_trivially_copyable_v<typename M::Payload> &&
    requires(M& model, const M& constant, Context<typename M::Payload>& context,
             const Event<typename M::Payload>& event, ProcessId p) {
  model.handle(context, event);
  { constant.min_delay(p, p) } -> std::convertible_to<SimDuration>;
  { constant.process_name(p) } -> std::convertible_to<std::string>;
};

}  // namespace rackrate::engine
