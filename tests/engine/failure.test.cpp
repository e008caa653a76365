#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "tests/engine/scripted.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using rackrate::engine::Executor;
using rackrate::engine::make_serial_executor;

namespace {
std::vector<std::unique_ptr<Executor>> all_executors() {
  std::vector<std::unique_ptr<Executor>> out;
  out.push_back(make_serial_executor());
  for (int threads = 1; threads <= 8; ++threads) {
    out.push_back(rackrate::engine::make_thread_executor(threads));
    out.push_back(tbb_executor(threads));
  }
  return out;
}
}  // namespace

TEST_CASE("of several failing handlers the earliest event's exception is thrown", "[engine][failure]") {
  for (const auto& executor : all_executors()) {
    for (const std::uint32_t shards : {1U, 3U, 8U}) {
      Sim sim(names(8), {.start = at(0), .window = ms(10), .shards = shards, .serial_below = 0});
      std::atomic<int> handled{0};
      Toy model{[&](auto& c, const auto& e) {
        ++handled;
        if (e.payload.value < 0)
          throw std::runtime_error("process " + std::to_string(c.self()) + " at " +
                                   std::to_string(c.now().time_since_epoch().count()));
      }};
      sim.post(0, at(6), 1, {-1});
      sim.post(0, at(7), 1, {1});  // never happens: process 0 has stopped
      sim.post(7, at(2), 1, {-1});
      sim.post(5, at(2), 1, {-1}, -3);
      sim.post(6, at(8), 1, {1});    // the others finish their window
      sim.post(6, at(10), 1, {-1});  // the next window never opens
      const Sim before = sim;
      CHECK(text_of([&] { sim.run_until(model, at(100), *executor); }) == "process 5 at 2");
      CHECK(handled == 4);
      CHECK(sim.now() == at(2));
      CHECK(model.barriers.empty());
      CHECK_THROWS_AS(sim.run_until(model, at(100), *executor), std::logic_error);
      CHECK_THROWS_AS(sim.save(), std::logic_error);
      // A copy or snapshot taken before is sound.
      Sim again = before;
      CHECK(text_of([&] { again.run_until(model, at(100), *executor); }) == "process 5 at 2");
      sim.load(before.save());
      CHECK(sim == before);
      CHECK(text_of([&] { sim.run_until(model, at(100), *executor); }) == "process 5 at 2");
    }
  }
}

TEST_CASE("among a hundred failing processes every executor reports the same one", "[engine][failure]") {
  // Process p fails at 1 + (37 p) mod 101, all different: the earliest is the p with 37 p mod 101 = 0, so p = 0,
  // which is told not to fail; the next is 37 p = 1 (mod 101): 37 x 71 = 2627 = 26 x 101 + 1, so p = 71 at 2 ms.
  for (const auto& executor : all_executors()) {
    Sim sim(names(100), {.start = at(0), .window = ms(200), .shards = 16, .serial_below = 0});
    Toy model{[](auto& c, const auto&) {
      if (c.self() != 0)
        throw std::runtime_error("process " + std::to_string(c.self()) + " at " +
                                 std::to_string(c.now().time_since_epoch().count()));
    }};
    for (ProcessId p = 0; p < 100; ++p) sim.post(p, at(1 + 37 * p % 101), 1, {});
    CHECK(text_of([&] { sim.run_until(model, at(200), *executor); }) == "process 71 at 2");
  }
}

TEST_CASE("what is thrown keeps its type", "[engine][failure]") {
  for (const auto& executor : all_executors()) {
    Sim sim(names(2), {.start = at(0), .window = ms(10), .serial_below = 0});
    Toy model{[](auto&, const auto&) { throw 42; }};
    sim.post(1, at(3), 1, {});
    int caught = 0;
    try {
      sim.run_until(model, at(10), *executor);
    } catch (const int number) {
      caught = number;
    }
    CHECK(caught == 42);
  }
}

TEST_CASE("a stop flag ends the run at a window and the run can go on", "[engine][stop]") {
  Sim sim(names(1), kTen);
  std::atomic<bool> stop{false};
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(e.payload.value);
    if (e.payload.value == 1) stop = true;
    c.schedule(c.now() + ms(4), 1, {e.payload.value + 1});
  }};
  sim.post(0, at(1), 1, {0});
  const auto serial = make_serial_executor();
  CHECK_THROWS_AS(sim.run_until(model, at(40), *serial, &stop), rackrate::core::Interrupted);
  CHECK(seen == std::vector<std::int64_t>{0, 1, 2});  // 1, 5 and 9 ms lie in the window in which the flag rose
  CHECK(sim.now() == at(10));
  stop = false;
  sim.run_until(model, at(40), *serial, &stop);
  CHECK(seen.size() == 10U);  // 1, 5, ..., 37
}

TEST_CASE("a trace that throws neither hides a handler's failure nor spoils a sound window",
          "[engine][failure][trace]") {
  const auto serial = make_serial_executor();
  const rackrate::engine::Trace<Value> trace{[](const auto&) { throw std::runtime_error("sink"); }};
  const auto run = [&](Sim& sim, auto& model, const rackrate::engine::Trace<Value>* t) {
    return text_of([&] { sim.run(model, {.until = at(100), .trace = t}, *serial); });
  };
  Toy failing{[](auto&, const auto&) { throw std::runtime_error("handler"); }};
  Sim a(names(1), {.start = at(0), .window = ms(10)});
  a.post(0, at(5), 1, {});
  CHECK(run(a, failing, &trace) == "handler");
  CHECK_THROWS_AS(a.run_until(failing, at(100), *serial), std::logic_error);

  int handled = 0;
  Toy sound{[&](auto&, const auto&) { ++handled; }};
  Sim b(names(1), {.start = at(0), .window = ms(10)});
  b.post(0, at(5), 1, {});
  b.post(0, at(15), 1, {});
  CHECK(run(b, sound, &trace) == "sink");
  CHECK(run(b, sound, nullptr) == "nothing was thrown");
  CHECK(handled == 2);
}

TEST_CASE("a simulation whose barrier threw refuses to go on", "[engine][failure][barrier]") {
  struct Fragile {
    using Payload = Value;
    void handle(rackrate::engine::Context<Value>&, const Event<Value>&) {}
    [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return ms(0); }
    [[nodiscard]] std::string process_name(ProcessId) const { return "fragile"; }
    void at_barrier(SimTime) { throw std::runtime_error("barrier"); }
  } model;
  const auto serial = make_serial_executor();
  Sim sim(names(1), {.start = at(0), .window = ms(10)});
  sim.post(0, at(5), 1, {});
  sim.post(0, at(15), 1, {});
  CHECK(text_of([&] { sim.run_until(model, at(100), *serial); }) == "barrier");
  CHECK_THROWS_AS(sim.run_until(model, at(100), *serial), std::logic_error);
}
