#pragma once
#include <algorithm>
#include <cstdint>
#include <exception>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "sim/core/name_hash.hpp"
#include "sim/engine/event.hpp"

/// The engine's promises in the plainest code that keeps them: one sorted map, one event at a time.
/// It shares nothing with the engine but the type Event and its order.
namespace reference {

using rackrate::core::SimDuration;
using rackrate::core::SimTime;
using rackrate::engine::Event;
using rackrate::engine::Handle;
using rackrate::engine::ProcessId;

template <class Payload>
class Engine {
 public:
  class Context {
   public:
    Context(Engine& engine, const Event<Payload>& event) : engine_(engine), now_(event.time), self_(event.target) {}
    [[nodiscard]] SimTime now() const { return now_; }
    [[nodiscard]] ProcessId self() const { return self_; }
    [[nodiscard]] SimTime window_start() const {
      return engine_.start_ + (now_ - engine_.start_) / engine_.window_ * engine_.window_;
    }
    [[nodiscard]] SimTime window_end() const { return window_start() + engine_.window_; }
    Handle schedule(SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority = 0) {
      return engine_.add(self_, at, kind, payload, priority, engine_.rank_[self_], engine_.sequence_[self_]);
    }
    void send(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority = 0) {
      engine_.add(to, at, kind, payload, priority, engine_.rank_[self_], engine_.sequence_[self_]);
    }
    void cancel(const Handle& h) { engine_.pending_.erase({h.time, h.priority, h.tie}); }

   private:
    Engine& engine_;
    SimTime now_;
    ProcessId self_;
  };

  Engine(const std::vector<std::string>& names, SimTime start, SimDuration window)
      : start_(start), window_(window), rank_(names.size()), sequence_(names.size(), 0) {
    std::vector<ProcessId> order;
    for (ProcessId p = 0; p < names.size(); ++p) order.push_back(p);
    std::sort(order.begin(), order.end(), [&](ProcessId a, ProcessId b) {
      return rackrate::core::name_hash(names[a]) < rackrate::core::name_hash(names[b]);
    });
    for (std::uint32_t i = 0; i < order.size(); ++i) rank_[order[i]] = i + 1U;
  }

  void post(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority = 0) {
    add(to, at, kind, payload, priority, 0, outside_sequence_);
  }

  template <class Model>
  void run_until(Model& model, SimTime until) {
    for (;;) {
      const bool none = pending_.empty();
      // The barrier of the window last worked in waits until nothing is left in that window.
      if (barrier_due_ && !failure_ && (none || pending_.begin()->second.time >= window_end_) && window_end_ <= until) {
        barrier_due_ = false;
        model.at_barrier(window_end_, *this);
        continue;
      }
      if (failure_ && (none || pending_.begin()->second.time >= std::min(window_end_, until)))
        std::rethrow_exception(failure_);
      if (none || pending_.begin()->second.time >= until) return;
      const Event<Payload> event = pending_.begin()->second;
      pending_.erase(pending_.begin());
      Context context{*this, event};
      window_end_ = context.window_end();
      barrier_due_ = true;
      if (std::find(stopped_.begin(), stopped_.end(), event.target) != stopped_.end()) continue;
      ++handled;
      try {
        model.handle(context, event);
      } catch (...) {
        // The process stops; the others finish the window. Of all failures the least key counts,
        // which need not be the first one met: an event may schedule a lesser key for its present.
        stopped_.push_back(event.target);
        if (!failure_ || rackrate::engine::before(event, failed_at_)) {
          failure_ = std::current_exception();
          failed_at_ = event;
        }
      }
    }
  }

  [[nodiscard]] std::vector<Event<Payload>> pending_events() const {
    std::vector<Event<Payload>> out;
    for (const auto& [key, event] : pending_) out.push_back(event);
    return out;
  }

  [[nodiscard]] bool barrier_due() const { return barrier_due_; }

  std::uint64_t handled = 0;

 private:
  using Key = std::tuple<SimTime, std::int16_t, std::uint64_t>;

  Handle add(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority,
             std::uint64_t rank, std::uint32_t& sequence) {
    const std::uint64_t tie = rank << 32 | sequence++;
    pending_[{at, priority, tie}] = {at, tie, to, priority, kind, payload};
    return {at, tie, priority};
  }

  SimTime start_;
  SimDuration window_;
  SimTime window_end_{};  ///< of the window of the last event
  bool barrier_due_ = false;
  std::exception_ptr failure_;
  Event<Payload> failed_at_{};
  std::vector<ProcessId> stopped_;  ///< processes that failed in this window
  std::vector<std::uint64_t> rank_;
  std::vector<std::uint32_t> sequence_;
  std::uint32_t outside_sequence_ = 0;
  std::map<Key, Event<Payload>> pending_;
};

}  // namespace reference
