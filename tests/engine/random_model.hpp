#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/engine/event.hpp"
#include "tests/engine/toy_models.hpp"

namespace toys {

/// SplitMix64: each process carries its own, as part of its state.
struct Dice {
  std::uint64_t state = 0;
  std::uint64_t next() {
    std::uint64_t z = state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(n)); }
  std::size_t index(std::size_t n) { return static_cast<std::size_t>(below(static_cast<std::int64_t>(n))); }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  friend bool operator==(const Dice&, const Dice&) = default;
};

/// A model that does everything a model may do, at random and with many ties: zero delays, overtaking
/// priorities, messages exactly at the bound, futures beyond every tier of an event list,
/// cancellation of live, dead and doubled handles, posts from the barrier, a number published there
/// that every handler reads, and now and then a handler that throws.
///
/// It is written against any context and simulator, so that a reference engine can run it too.
struct RandomModel {
  struct Payload {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    friend bool operator==(const Payload&, const Payload&) = default;
  };
  struct Process {
    Dice dice;
    std::uint64_t trace = 1;  ///< depends on every event and on their order
    std::int64_t budget = 0;  ///< events that it may still schedule
    std::int64_t fuse = -1;   ///< events until its handler throws; negative: it never does
    std::vector<Handle> handles;
    friend bool operator==(const Process&, const Process&) = default;
  };
  std::int64_t window = 1;
  std::int64_t link = 0;
  std::vector<Process> processes;
  std::uint64_t published = 0;
  std::vector<SimTime> barriers;
  Dice outside;  ///< of the posts from the barrier
  std::int64_t outside_budget = 0;

  template <class Context>
  void handle(Context& c, const Event<Payload>& e) {
    Process& p = processes[c.self()];
    if (p.fuse >= 0 && p.fuse-- == 0) {
      throw std::runtime_error("process " + std::to_string(c.self()) + " at " +
                               std::to_string(c.now().time_since_epoch().count()) + ", tie " + std::to_string(e.tie));
    }
    p.trace = mix(p.trace, static_cast<std::uint64_t>(c.now().time_since_epoch().count()));
    p.trace = mix(p.trace, e.tie ^ static_cast<std::uint64_t>(e.kind) << 40 ^ static_cast<std::uint64_t>(e.payload.a));
    p.trace = mix(p.trace, static_cast<std::uint64_t>((c.window_end() - c.window_start()).count()) ^
                               static_cast<std::uint64_t>(c.window_end().time_since_epoch().count()));
    p.trace = mix(p.trace, published);
    const std::int64_t actions = p.dice.below(4);
    for (std::int64_t i = 0; i < actions; ++i) act(c, p);
  }

  template <class Context>
  void act(Context& c, Process& p) {
    const std::int64_t choice = p.dice.below(10);
    if (choice < 2) {
      if (p.handles.empty()) return;
      // Often the last one: it tends to lie in the open window, even at this very instant.
      c.cancel(p.dice.one_in(2) ? p.handles.back() : p.handles[p.dice.index(p.handles.size())]);
      return;
    }
    const std::int16_t priorities[] = {-1, 0, 0, 0, 1, INT16_MIN, INT16_MAX};
    const std::int16_t priority = priorities[p.dice.index(7)];
    const auto kind = static_cast<std::uint16_t>(p.dice.below(5));
    const Payload payload{static_cast<std::uint32_t>(p.dice.next()), kind};
    if (p.budget-- <= 0) return;
    if (choice < 6) {
      p.handles.push_back(c.schedule(c.now() + reach(p.dice), kind, payload, priority));
      return;
    }
    const auto to = static_cast<ProcessId>(p.dice.index(processes.size()));
    if (to == c.self()) return;
    const SimTime earliest = std::max(c.window_end(), c.now() + ms(link));
    c.send(to, p.dice.one_in(3) ? earliest : earliest + reach(p.dice), kind, payload, priority);
  }

  /// Zero, inside the open window, near, in the next tier (256 windows), beyond it (65,536), very far.
  [[nodiscard]] SimDuration reach(Dice& dice) const {
    const std::int64_t most[] = {1,
                                 1,
                                 3,
                                 window + 1,
                                 window + 1,
                                 3 * window + 1,
                                 300 * window + 1,
                                 1000 * window + 1,
                                 100'000 * window + 1,
                                 30'000'000 * window + 1};
    return ms(dice.below(most[dice.index(10)]));
  }

  [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return ms(link); }
  [[nodiscard]] std::string process_name(ProcessId p) const { return "process/" + std::to_string(p); }

  template <class Simulator>
  void at_barrier(SimTime end, Simulator& simulator) {
    barriers.push_back(end);
    for (const Process& p : processes) published = mix(published, p.trace);
    if (outside_budget <= 0 || !outside.one_in(3)) return;
    --outside_budget;
    const auto to = static_cast<ProcessId>(outside.index(processes.size()));
    simulator.post(to, end + reach(outside), 9, {static_cast<std::uint32_t>(outside.next()), 9},
                   static_cast<std::int16_t>(outside.below(3) - 1));
  }

  friend bool operator==(const RandomModel&, const RandomModel&) = default;
};

}  // namespace toys
