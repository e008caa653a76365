#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/engine/simulator.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using rackrate::engine::Ended;
using rackrate::engine::make_serial_executor;
using rackrate::engine::make_thread_executor;

namespace {

/// Each process ticks every 4 ms from its number on; kind 1 for even processes, 2 for odd ones.
struct Ticking {
  struct Payload {};
  std::vector<SimTime> barriers = {};
  std::int64_t last_tick = 1'000'000;
  void handle(rackrate::engine::Context<Payload>& c, const Event<Payload>& e) {
    if (c.now() + ms(4) <= at(last_tick)) c.schedule(c.now() + ms(4), e.kind, {});
  }
  [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return ms(0); }
  [[nodiscard]] std::string process_name(ProcessId p) const { return "ticking/" + std::to_string(p); }
  void at_barrier(SimTime end) { barriers.push_back(end); }
};
using Sim = rackrate::engine::Simulator<Ticking::Payload>;

Sim ticking(ProcessId processes, rackrate::engine::Options options = {.start = at(0), .window = ms(10)}) {
  Sim sim(names(processes), options);
  for (ProcessId p = 0; p < processes; ++p) sim.post(p, at(p), static_cast<std::uint16_t>(1 + p % 2), {});
  return sim;
}

}  // namespace

TEST_CASE("a run to a number of events ends at the first barrier that has them", "[engine][limits]") {
  // One process: 0, 4, 8 | 12, 16 | 20, 24, 28 | ... so 4 events are reached in the second window, at 10..20 ms.
  const auto serial = make_serial_executor();
  Ticking model;
  Sim sim = ticking(1);
  CHECK(sim.run(model, {.events = 4}, *serial) == Ended::kEvents);
  CHECK(sim.statistics().events == 5U);
  CHECK(sim.now() == at(20));
  CHECK(model.barriers == std::vector<SimTime>{at(10), at(20)});
  CHECK(sim.run(model, {.events = 3}, *serial) == Ended::kEvents);  // counted anew in each call
  CHECK(sim.now() == at(30));
  CHECK(sim.run(model, {.until = at(35), .events = 100}, *serial) == Ended::kTime);
  CHECK(sim.now() == at(35));
}

TEST_CASE("a predicate is asked after every barrier and ends the run there", "[engine][limits]") {
  const auto serial = make_serial_executor();
  Ticking model;
  Sim sim = ticking(1);
  std::vector<SimTime> asked;
  const auto when = [&](const Sim& s) {
    asked.push_back(s.now());
    return s.statistics().events >= 8;
  };
  CHECK(sim.run(model, {.until = at(1000), .when = when}, *serial) == Ended::kPredicate);
  CHECK(asked == std::vector<SimTime>{at(10), at(20), at(30)});
  CHECK(sim.next_event_time() == at(32));
}

TEST_CASE("steps make the same calls as a straight run, one window each", "[engine][limits]") {
  const auto serial = make_serial_executor();
  Ticking straight, stepped;
  straight.last_tick = stepped.last_tick = 100;
  Sim a = ticking(3), b = ticking(3);
  CHECK(a.run(straight, {}, *serial) == Ended::kNothingLeft);
  CHECK(a.now() == at(110));  // the barrier of the last window; the clock goes no further
  int steps = 0;
  while (b.step(stepped, *serial)) ++steps;
  CHECK(steps == 11);
  CHECK(stepped.barriers == straight.barriers);
  CHECK(a == b);
  CHECK_FALSE(b.step(stepped, *serial));
}

TEST_CASE("a step finishes a window that was left in the middle", "[engine][limits]") {
  const auto serial = make_serial_executor();
  Ticking model;
  Sim sim = ticking(1);
  sim.run_until(model, at(5), *serial);
  CHECK(model.barriers.empty());
  CHECK(sim.step(model, *serial));
  CHECK(sim.now() == at(10));
  CHECK(sim.statistics().events == 3U);
}

TEST_CASE("a trace holds the filtered events in the total order on any number of threads", "[engine][trace]") {
  for (const int threads : {1, 3}) {
    const auto executor = make_thread_executor(threads);
    Ticking model;
    Sim sim = ticking(8, {.start = at(0), .window = ms(10), .shards = 4, .serial_below = 0});
    std::vector<Event<Ticking::Payload>> all, some;
    const rackrate::engine::Trace<Ticking::Payload> everything{[&](const auto& e) { all.push_back(e); }};
    sim.run(model, {.until = at(40), .trace = &everything}, *executor);
    CHECK(all.size() == sim.statistics().events);
    CHECK(std::is_sorted(all.begin(), all.end(), rackrate::engine::before<Ticking::Payload>));

    const rackrate::engine::Trace<Ticking::Payload> filtered{
        [&](const auto& e) { some.push_back(e); },
        {.processes = {1, 2, 5}, .kinds = {2}, .from = at(50), .until = at(61)}};
    sim.run(model, {.until = at(100), .trace = &filtered}, *executor);
    // Process 1 ticks at 53 and 57 (1 mod 4), process 5 at the same times; 61 is excluded, and 2 has kind 1.
    REQUIRE(some.size() == 4U);
    std::vector<std::pair<std::int64_t, ProcessId>> seen;
    for (const auto& e : some) seen.emplace_back(e.time.time_since_epoch().count(), e.target);
    std::sort(seen.begin(), seen.end());
    CHECK(seen == std::vector<std::pair<std::int64_t, ProcessId>>{{53, 1}, {53, 5}, {57, 1}, {57, 5}});
  }
}

TEST_CASE("a trace and a digest change nothing", "[engine][trace]") {
  const auto serial = make_serial_executor();
  Phold plain(20), watched(20);
  auto a = phold_simulator(20, 3, {.start = at(0), .window = ms(1000)});
  auto b = phold_simulator(20, 3, {.start = at(0), .window = ms(1000), .order_digest = true});
  std::uint64_t told = 0;
  const rackrate::engine::Trace<Phold::Payload> trace{[&](const auto&) { ++told; }};
  a.run_until(plain, at(200'000), *serial);
  b.run(watched, {.until = at(200'000), .trace = &trace}, *serial);
  CHECK(plain == watched);
  CHECK(told == a.statistics().events);
}

TEST_CASE("a profile accounts for every event and window", "[engine][profile]") {
  const auto executor = make_thread_executor(2);
  Phold model(64);
  auto sim = phold_simulator(64, 8, {.start = at(0), .window = ms(1000), .shards = 4, .serial_below = 20});
  rackrate::engine::Profile p;
  sim.run(model, {.until = at(300'000), .profile = &p}, *executor);
  CHECK(p.window_events.total() == sim.statistics().windows);  // whole windows only, so one pass each
  CHECK(p.shard_events.total() <= 4 * sim.statistics().windows);
  // Bin k begins at 2^(k-1), so the bins bound the number of events from both sides.
  double low = 0, high = 0;
  for (std::size_t k = 1; k < p.window_events.bins.size(); ++k) {
    low += static_cast<double>(p.window_events.bins[k]) * std::ldexp(0.5, static_cast<int>(k));
    high += static_cast<double>(p.window_events.bins[k]) * std::ldexp(1.0, static_cast<int>(k));
  }
  CHECK(low <= static_cast<double>(sim.statistics().events));
  CHECK(high > static_cast<double>(sim.statistics().events));
  CHECK(sim.statistics().parallel_windows > 0U);
  CHECK(p.parallel_seconds > 0);
  CHECK(p.serial_share() > 0);
  CHECK(p.serial_share() < 1);
}

TEST_CASE("an event is moved by its handle", "[engine][cancel]") {
  struct Mover {
    struct Payload {
      std::int64_t value = 0;
    };
    std::vector<std::int64_t> seen = {};
    Handle moved = {};
    void handle(rackrate::engine::Context<Payload>& c, const Event<Payload>& e) {
      seen.push_back(e.payload.value);
      if (e.payload.value == 1) moved = c.schedule(at(25), 2, {25});
      if (e.payload.value == 2) moved = c.reschedule(moved, at(18), 2, {18});
      if (e.payload.value == 3) c.reschedule(moved, at(90), 2, {90});  // 18 has happened: this one is new
    }
    [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return ms(0); }
    [[nodiscard]] std::string process_name(ProcessId) const { return "mover"; }
    void at_barrier(SimTime) {}
  } model;
  rackrate::engine::Simulator<Mover::Payload> sim(names(1), {.start = at(0), .window = ms(10)});
  sim.post(0, at(1), 1, {1});
  sim.post(0, at(2), 1, {2});
  sim.post(0, at(30), 1, {3});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(100), *serial);
  CHECK(model.seen == std::vector<std::int64_t>{1, 2, 18, 3, 90});
}

TEST_CASE("what is pending for ever is nothing left", "[engine][limits][time]") {
  const auto serial = make_serial_executor();
  Ticking model;
  model.last_tick = 15;
  Sim sim = ticking(1);
  sim.post(0, rackrate::core::kNever, 1, {});
  int steps = 0;
  while (steps < 10 && sim.step(model, *serial)) ++steps;
  CHECK(steps == 2);           // 0..10 and 10..20 ms
  CHECK(sim.now() == at(20));  // so that more can be posted
  CHECK(sim.pending_events().size() == 1U);
}
