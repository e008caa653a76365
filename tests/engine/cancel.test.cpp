#include "sim/engine/simulator.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "tests/engine/scripted.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using rackrate::engine::make_serial_executor;

TEST_CASE("a cancelled event never happens, wherever it lies", "[engine][cancel]") {
  // 5: schedules victims in the open window (8), in the next bucket (15) and far away (10,000),
  // and one at the very same time; 6: cancels them all, twice.
  Sim sim(names(1), kTen);
  std::vector<Handle> victims;
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(e.payload.value);
    if (e.payload.value == 1) {
      for (const std::int64_t t : {6LL, 8LL, 15LL, 10'000LL}) victims.push_back(c.schedule(at(t), 1, {t}));
      c.schedule(at(8), 1, {80});
    }
    if (e.payload.value == 2) {
      for (const Handle& h : victims) c.cancel(h);
      for (const Handle& h : victims) c.cancel(h);
      c.cancel(Handle{});
    }
  }};
  sim.post(0, at(5), 1, {1});
  sim.post(0, at(6), 1, {2});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(7), *serial);
  CHECK(sim.pending_events().size() == 1U);
  sim.run_until(model, at(20'000), *serial);
  CHECK(seen == std::vector<std::int64_t>{1, 2, 80});
  CHECK(sim.statistics().events == 3U);
  CHECK(sim.pending_events().empty());
}

TEST_CASE("cancelling an event that has happened does nothing", "[engine][cancel]") {
  Sim sim(names(2), kTen);
  Handle done;
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(e.payload.value);
    if (e.payload.value == 1) done = c.schedule(c.now(), 1, {2});
    if (e.payload.value == 2) c.schedule(c.now(), 1, {3});
    if (e.payload.value == 3) c.cancel(done);  // happened at this very time
    if (e.payload.value == 4) c.cancel(done);
    if (e.payload.value == 5) CHECK_THROWS_AS(c.cancel(done), std::invalid_argument);  // another process's
  }};
  sim.post(0, at(5), 1, {1});
  sim.post(0, at(35), 1, {4});
  sim.post(1, at(35), 1, {5});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(100), *serial);
  CHECK(seen == std::vector<std::int64_t>{1, 2, 3, 4, 5});
}

TEST_CASE("what is cancelled in its own instant never happens", "[engine][cancel]") {
  // At 5: 1 schedules 2 and 3 for the present; 2 comes first and cancels 3.
  Sim sim(names(1), kTen);
  Handle third;
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(e.payload.value);
    if (e.payload.value == 1) {
      c.schedule(c.now(), 1, {2});
      third = c.schedule(c.now(), 1, {3});
      c.schedule(c.now(), 1, {4});
    }
    if (e.payload.value == 2) c.cancel(third);
  }};
  sim.post(0, at(5), 1, {1});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(10), *serial);
  CHECK(seen == std::vector<std::int64_t>{1, 2, 4});
}

TEST_CASE("an event may be cancelled by the handler that scheduled it, wherever it lies", "[engine][cancel]") {
  Sim sim(names(1), kTen);
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(e.payload.value);
    if (e.payload.value != 1) return;
    for (const std::int64_t t : {5LL, 6LL, 10LL, 2'600LL, 700'000LL, 9'000'000'000'000LL}) {
      c.cancel(c.schedule(at(t), 1, {t}));
      c.cancel(c.schedule(at(t), 1, {t}, -7));
    }
    c.schedule(at(11), 1, {11});
  }};
  sim.post(0, at(5), 1, {1});
  const auto serial = make_serial_executor();
  sim.run_until(model, rackrate::core::kNever, *serial);
  CHECK(seen == std::vector<std::int64_t>{1, 11});
  CHECK(sim.pending_events().empty());
  CHECK(sim.next_event_time() == rackrate::core::kNever);
  CHECK(model.barriers == std::vector<SimTime>{at(10), at(20)});  // windows with cancelled events only have none
}

TEST_CASE("cancelling leaves the neighbours of the same time and priority alone", "[engine][cancel]") {
  // Of a hundred events at 55 every third is cancelled from another window, half of those twice.
  Sim sim(names(1), kTen);
  std::vector<Handle> handles;
  std::vector<std::int64_t> seen;
  std::vector<std::int64_t> expected;
  Toy model{[&](auto& c, const auto& e) {
    if (e.kind == 1) {
      for (std::int64_t i = 0; i < 100; ++i) handles.push_back(c.schedule(at(55), 3, {i}));
    } else if (e.kind == 2) {
      for (std::size_t i = 0; i < 100; i += 3) c.cancel(handles[i]);
      for (std::size_t i = 0; i < 100; i += 6) c.cancel(handles[i]);
    } else {
      seen.push_back(e.payload.value);
    }
  }};
  for (std::int64_t i = 0; i < 100; ++i) {
    if (i % 3 != 0) expected.push_back(i);
  }
  sim.post(0, at(1), 1, {});
  sim.post(0, at(30), 2, {});
  const auto serial = make_serial_executor();
  SECTION("straight") { sim.run_until(model, at(100), *serial); }
  SECTION("through a snapshot after the cancellations") {
    sim.run_until(model, at(31), *serial);
    const auto bytes = sim.save();
    Sim restored(names(1), kTen);
    restored.load(bytes);
    CHECK(restored == sim);
    restored.run_until(model, at(100), *serial);
  }
  SECTION("through a snapshot before the cancellations: handles outlive it") {
    sim.run_until(model, at(5), *serial);
    const auto bytes = sim.save();
    Sim restored(names(1), kTen);
    restored.load(bytes);
    restored.run_until(model, at(100), *serial);
  }
  CHECK(seen == expected);
}

TEST_CASE("an event is moved by cancelling it and scheduling it again", "[engine][cancel]") {
  // A timeout of 50 ms that every beat pushes on; beats at 0, 30, 60, 90; it goes off at 140.
  Sim sim(names(1), kTen);
  Handle timeout;
  std::vector<SimTime> off;
  Toy model{[&](auto& c, const auto& e) {
    if (e.kind == 2) {
      off.push_back(c.now());
      return;
    }
    c.cancel(timeout);
    timeout = c.schedule(c.now() + ms(50), 2, {});
  }};
  for (const std::int64_t t : {0LL, 30LL, 60LL, 90LL}) sim.post(0, at(t), 1, {});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(1000), *serial);
  CHECK(off == std::vector<SimTime>{at(140)});
}
