#pragma once
#include <cstdint>
#include <queue>
#include <string>
#include <vector>

#include "bench/huge_pages.hpp"
#include "sim/engine/event.hpp"
#include "sim/engine/origin_ranks.hpp"

namespace bench {

/// The textbook engine for comparison: the same events in the same total order, by value, in one
/// std::priority_queue whose vector is reserved. Serial, no windows, no checks, no cancellation.
template <class Payload>
class HeapEngine {
 public:
  using Event = rackrate::engine::Event<Payload>;
  using SimTime = rackrate::core::SimTime;

  class Context {
   public:
    Context(HeapEngine& engine, const Event& event) : engine_(engine), now_(event.time), self_(event.target) {}
    [[nodiscard]] SimTime now() const { return now_; }
    [[nodiscard]] std::uint32_t self() const { return self_; }
    void schedule(SimTime at, std::uint16_t kind, const Payload& payload) { send(self_, at, kind, payload); }
    void send(std::uint32_t to, SimTime at, std::uint16_t kind, const Payload& payload) {
      const std::uint64_t tie = std::uint64_t{engine_.ranks_.rank[self_]} << 32 | engine_.sequences_[self_]++;
      engine_.queue_.push({at, tie, to, 0, kind, payload});
    }

   private:
    HeapEngine& engine_;
    SimTime now_;
    std::uint32_t self_;
  };

  /// `capacity` is the most events that will ever be pending.
  HeapEngine(const std::vector<std::string>& names, std::size_t capacity)
      : ranks_(rackrate::engine::rank_origins(names, {})),
        sequences_(names.size(), 0),
        queue_(Later{}, reserved(capacity)) {}

  void post(std::uint32_t to, SimTime at, std::uint16_t kind, const Payload& payload) {
    queue_.push({at, outside_++, to, 0, kind, payload});
  }

  /// Handles every event with time < `until`; returns how many were handled since the engine was made.
  template <class Model>
  std::uint64_t run_until(Model& model, SimTime until) {
    while (!queue_.empty() && queue_.top().time < until) {
      const Event event = queue_.top();
      queue_.pop();
      Context context{*this, event};
      model.handle(context, event);
      ++events_;
    }
    return events_;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const { return before(b, a); }
  };
  static HugeVector<Event> reserved(std::size_t n) {
    HugeVector<Event> v;
    v.reserve(n + 1);
    return v;
  }
  rackrate::engine::OriginRanks ranks_;
  std::vector<std::uint32_t> sequences_;
  std::uint64_t outside_ = 0;
  std::uint64_t events_ = 0;
  std::priority_queue<Event, HugeVector<Event>, Later> queue_;
};

}  // namespace bench
