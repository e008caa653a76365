#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "sim/core/name_hash.hpp"
#include "sim/engine/event.hpp"

/// The engine's promises in the plainest code that keeps them: one sorted map, one event at a time.
/// It shares nothing with the engine but the type Event.
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
    [[nodiscard]] SimTime window_start() const { return engine_.start_ + (now_ - engine_.start_) / engine_.window_ * engine_.window_; }
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
    std::sort(order.begin(), order.end(), [&](ProcessId a, ProcessId b) { return rackrate::core::name_hash(names[a]) < rackrate::core::name_hash(names[b]); });
    for (std::uint32_t i = 0; i < order.size(); ++i) rank_[order[i]] = i + 1U;
  }

  void post(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority = 0) {
    add(to, at, kind, payload, priority, 0, outside_sequence_);
  }

  template <class Model>
  void run_until(Model& model, SimTime until) {
    SimTime window_end = start_;   // of the window of the last event; start_ before any
    while (!pending_.empty() && pending_.begin()->second.time < until) {
      const Event<Payload> event = pending_.begin()->second;
      if (window_end > start_ && event.time >= window_end) model.at_barrier(window_end);
      pending_.erase(pending_.begin());
      Context context{*this, event};
      window_end = context.window_end();
      ++handled;
      model.handle(context, event);
    }
    if (window_end > start_ && window_end <= until) model.at_barrier(window_end);
  }

  [[nodiscard]] std::vector<Event<Payload>> pending_events() const {
    std::vector<Event<Payload>> out;
    for (const auto& [key, event] : pending_) out.push_back(event);
    return out;
  }

  std::uint64_t handled = 0;

 private:
  using Key = std::tuple<SimTime, std::int16_t, std::uint64_t>;

  Handle add(ProcessId to, SimTime at, std::uint16_t kind, const Payload& payload, std::int16_t priority, std::uint64_t rank, std::uint32_t& sequence) {
    const std::uint64_t tie = rank << 32 | sequence++;
    pending_[{at, priority, tie}] = {at, tie, to, priority, kind, payload};
    return {at, tie, priority};
  }

  SimTime start_;
  SimDuration window_;
  std::vector<std::uint64_t> rank_;
  std::vector<std::uint32_t> sequence_;
  std::uint32_t outside_sequence_ = 0;
  std::map<Key, Event<Payload>> pending_;
};

}  // namespace reference
