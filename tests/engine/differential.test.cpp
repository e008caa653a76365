#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/engine/simulator.hpp"
#include "tests/engine/reference_engine.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;

namespace {

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
};

/// A model that does everything a model may do, at random and with many ties: zero delays, overtaking
/// priorities, messages exactly at the bound, far futures, cancellation of live, dead and doubled
/// handles, and a barrier whose published number every handler reads.
struct RandomModel {
  struct Payload {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    friend bool operator==(const Payload&, const Payload&) = default;
  };
  struct Process {
    Dice dice;
    std::uint64_t trace = 1;   ///< depends on every event and on their order
    std::int64_t budget = 0;
    std::vector<Handle> handles;
  };
  std::int64_t window = 1;
  std::int64_t link = 0;
  std::vector<Process> processes;
  std::uint64_t published = 0;
  std::vector<SimTime> barriers;

  template <class Context>
  void handle(Context& c, const Event<Payload>& e) {
    Process& p = processes[c.self()];
    p.trace = mix(p.trace, static_cast<std::uint64_t>(c.now().time_since_epoch().count()));
    p.trace = mix(p.trace, e.tie ^ static_cast<std::uint64_t>(e.kind) << 40 ^ static_cast<std::uint64_t>(e.payload.a));
    p.trace = mix(p.trace, published);
    const std::int64_t actions = p.dice.below(4);
    for (std::int64_t i = 0; i < actions; ++i) act(c, p);
  }
  template <class Context>
  void act(Context& c, Process& p) {
    const auto priority = static_cast<std::int16_t>(p.dice.below(3) - 1);
    const auto kind = static_cast<std::uint16_t>(p.dice.below(5));
    const Payload payload{static_cast<std::uint32_t>(p.dice.next()), kind};
    const std::int64_t choice = p.dice.below(10);
    if (choice < 2) {
      if (!p.handles.empty()) c.cancel(p.handles[static_cast<std::size_t>(p.dice.below(static_cast<std::int64_t>(p.handles.size())))]);
      return;
    }
    if (p.budget-- <= 0) return;
    if (choice < 6) {
      const std::int64_t reach[] = {1, 3, window + 1, 3 * window + 1, 700 * window + 1};
      p.handles.push_back(c.schedule(c.now() + ms(p.dice.below(reach[p.dice.below(5)])), kind, payload, priority));
      return;
    }
    const SimTime earliest = std::max(c.window_end(), c.now() + ms(link));
    const std::int64_t extra[] = {1, 2, 2 * window, 400 * window};
    const auto to = static_cast<ProcessId>(p.dice.below(static_cast<std::int64_t>(processes.size())));
    if (to == c.self()) return;
    c.send(to, earliest + ms(p.dice.below(extra[p.dice.below(4)])), kind, payload, priority);
  }
  [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return ms(link); }
  [[nodiscard]] std::string process_name(ProcessId p) const { return "process/" + std::to_string(p); }
  void at_barrier(SimTime end) {
    barriers.push_back(end);
    for (const Process& p : processes) published = mix(published, p.trace);
  }
};

struct Pair {
  RandomModel model;
  std::vector<Event<RandomModel::Payload>> initial;
  SimTime start{};
};

Pair random_model(Dice& dice) {
  Pair out;
  out.model.window = 1 + dice.below(20);
  out.model.link = dice.below(2) == 0 ? 0 : dice.below(30);
  out.model.processes.resize(static_cast<std::size_t>(1 + dice.below(12)));
  for (auto& p : out.model.processes) {
    p.dice.state = dice.next();
    p.budget = dice.below(60);
  }
  out.start = at(dice.below(1000) - 500);
  const std::int64_t events = 1 + dice.below(30);
  for (std::int64_t i = 0; i < events; ++i) {
    out.initial.push_back({out.start + ms(dice.below(5 * out.model.window)), 0,
                           static_cast<ProcessId>(dice.below(static_cast<std::int64_t>(out.model.processes.size()))),
                           static_cast<std::int16_t>(dice.below(2)), 7, {static_cast<std::uint32_t>(i), 0}});
  }
  return out;
}

/// Runs one random model on both engines, ours in random steps on a random executor.
std::uint64_t compare_once(std::uint64_t seed, const std::vector<rackrate::engine::Executor*>& executors) {
  Dice dice{seed};
  const Pair pair = random_model(dice);
  const std::size_t n = pair.model.processes.size();
  const SimTime end = pair.start + ms(dice.below(1500 * pair.model.window));

  RandomModel expected = pair.model;
  reference::Engine<RandomModel::Payload> reference(names(n), pair.start, ms(pair.model.window));
  for (const auto& e : pair.initial) reference.post(e.target, e.time, e.kind, e.payload, e.priority);
  reference.run_until(expected, end);

  RandomModel got = pair.model;
  rackrate::engine::Options options{.start = pair.start, .window = ms(pair.model.window)};
  options.shards = static_cast<std::uint32_t>(1 + dice.below(6));
  options.serial_below = static_cast<std::uint64_t>(dice.below(5));
  rackrate::engine::Simulator<RandomModel::Payload> sim(names(n), options);
  for (const auto& e : pair.initial) sim.post(e.target, e.time, e.kind, e.payload, e.priority);
  auto& executor = *executors[static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(executors.size())))];
  while (sim.now() < end) {
    const std::int64_t left = (end - sim.now()).count();
    sim.run_until(got, sim.now() + ms(std::min(left, 1 + dice.below(dice.below(2) == 0 ? 2 * pair.model.window : left))), executor);
    if (dice.below(4) == 0) {  // a snapshot into another number of shards on the way
      options.shards = static_cast<std::uint32_t>(1 + dice.below(6));
      rackrate::engine::Simulator<RandomModel::Payload> restored(names(n), options);
      restored.load(sim.save());
      REQUIRE(restored == sim);
      sim = restored;
    }
  }

  INFO("model seed " << seed);
  REQUIRE(sim.statistics().events == reference.handled);
  REQUIRE(got.barriers == expected.barriers);
  for (std::size_t p = 0; p < n; ++p) REQUIRE(got.processes[p].trace == expected.processes[p].trace);
  const auto a = sim.pending_events();
  const auto b = reference.pending_events();
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].tie == b[i].tie);
    REQUIRE(a[i].payload == b[i].payload);
  }
  return reference.handled;
}

std::uint64_t compare_many(std::uint64_t first, std::uint64_t count) {
  const auto serial = rackrate::engine::make_serial_executor();
  const auto tbb = tbb_executor(2);
  const auto threads = rackrate::engine::make_thread_executor(3);
  std::uint64_t events = 0;
  // Mostly serial: the point is order, and tiny windows on threads are slow.
  const std::vector<rackrate::engine::Executor*> executors{serial.get(), serial.get(), serial.get(), serial.get(), serial.get(), serial.get(), tbb.get(), threads.get()};
  for (std::uint64_t seed = first; seed < first + count; ++seed) events += compare_once(seed, executors);
  return events;
}

}  // namespace

TEST_CASE("random models run as on a sorted list", "[engine][differential]") {
  CHECK(compare_many(0, 400) > 20'000U);  // the models are small but not idle
}

TEST_CASE("ten thousand random models run as on a sorted list", "[.slow][engine][differential]") {
  CHECK(compare_many(1'000'000, 10'000) > 500'000U);
}
