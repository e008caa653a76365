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

TEST_CASE("an event at the run's end is left for the next run", "[engine][time]") {
  Sim sim(names(1), kTen);
  int handled = 0;
  Toy model{[&](auto&, const auto&) { ++handled; }};
  sim.post(0, at(20), 1, {});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(20), *serial);
  CHECK(handled == 0);
  CHECK(sim.next_event_time() == at(20));
  sim.run_until(model, at(21), *serial);
  CHECK(handled == 1);
}

TEST_CASE("the far end of the calendar is in order", "[engine][time]") {
  Sim sim(names(2), {.start = at(0), .window = ms(1)});
  std::vector<std::int64_t> seen;
  Toy model{[&](auto&, const auto& e) { seen.push_back(e.payload.value); }};
  sim.post(0, rackrate::core::kNever, 1, {3});
  sim.post(1, rackrate::core::kNever - ms(1), 1, {2});
  sim.post(0, rackrate::core::date(9999, 12, 31), 1, {1});
  const auto serial = make_serial_executor();
  sim.run_until(model, rackrate::core::kNever, *serial);
  CHECK(seen == std::vector<std::int64_t>{1, 2});
  CHECK(sim.next_event_time() == rackrate::core::kNever);
}

TEST_CASE("names must be distinct and options sound", "[engine]") {
  CHECK(text_of([] {
          Sim s({"a", "b", "a"}, kTen);
        }) == "processes \"a\" and \"a\" have the same name hash; expected distinct names. Rename one of them.");
  CHECK_THROWS_AS(Sim({}, kTen), std::invalid_argument);
  CHECK_THROWS_AS(Sim({"a"}, {.window = ms(0)}), std::invalid_argument);
  CHECK_THROWS_AS(Sim({"a"}, {.shards = 0}), std::invalid_argument);
}
TEST_CASE("a run may start before 1970 and pass through it", "[engine][time]") {
  // Windows of 10 ms from -25: [-25, -15), [-15, -5), [-5, 5), [5, 15).
  Sim sim(names(2), {.start = at(-25), .window = ms(10)});
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(c.now().time_since_epoch().count());
    if (e.kind == 1)
      CHECK((c.now() >= c.window_start() && c.now() < c.window_end() && c.window_end() - c.window_start() == ms(10)));
    if (c.now() == at(-16)) c.send(1, at(-15), 1, {});
  }};
  for (const std::int64_t t : {4LL, -5LL, -6LL, -16LL, 0LL, 5LL, -25LL}) sim.post(0, at(t), 1, {});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(15), *serial);
  CHECK(seen == std::vector<std::int64_t>{-25, -16, -6, -15, -5, 0, 4, 5});  // -15 belongs to the other process
  CHECK(model.barriers == std::vector<SimTime>{at(-15), at(-5), at(5), at(15)});
}

TEST_CASE("a run may span the whole calendar", "[engine][time]") {
  for (const SimDuration window : {ms(1), rackrate::core::kDay}) {
    Sim sim(names(2), {.start = rackrate::core::kAlways, .window = window});
    std::vector<SimTime> seen;
    Toy model{[&](auto& c, const auto&) { seen.push_back(c.now()); }};
    const std::vector<SimTime> times{
        rackrate::core::kAlways,       rackrate::core::date(1, 1, 1), at(-1), at(0), rackrate::core::date(9999, 12, 31),
        rackrate::core::kNever - ms(1)};
    for (const SimTime t : times) sim.post(0, t, 1, {});
    const auto serial = make_serial_executor();
    sim.run_until(model, rackrate::core::kNever, *serial);
    CHECK(seen == times);
    CHECK(sim.now() == rackrate::core::kNever);
    sim.run_until(model, rackrate::core::kNever, *serial);
    CHECK(sim.statistics().events == 6U);
  }
}

TEST_CASE("at the ends of the clock everything is handled in order or refused", "[engine][time]") {
  // Whatever the engine accepts it must keep: nothing overflows (the sanitizers watch), nothing is lost.
  // What it refuses it must refuse by an exception with a text.
  using rackrate::core::kAlways;
  using rackrate::core::kNever;
  const auto serial = make_serial_executor();
  int accepted = 0;
  const auto tried = [](auto f) {
    try {
      f();
      return true;
    } catch (const std::exception& e) {
      CHECK_FALSE(std::string(e.what()).empty());
      return false;
    }
  };
  for (const SimTime start : {SimTime::min(), SimTime::min() + ms(1), kAlways, at(-7), at(0), kNever - ms(50), kNever,
                              SimTime::max() - ms(50), SimTime::max()}) {
    for (const SimDuration window : {ms(1), rackrate::core::kDay, 3 * rackrate::core::kDay, SimDuration{INT64_MAX / 2},
                                     SimDuration::max() - ms(1), SimDuration::max()}) {
      INFO("start " << start.time_since_epoch().count() << ", window " << window.count());
      std::vector<SimTime> posted;
      tried([&] {
        Sim sim(names(2), {.start = start, .window = window});
        for (const SimTime t : {SimTime::max(), SimTime::max() - ms(1), SimTime::max() - rackrate::core::kDay,
                                kNever + ms(1), kNever, kNever - ms(1), at(5), kAlways, SimTime::min()}) {
          if (t >= start && tried([&] { sim.post(0, t, 1, {}); })) posted.push_back(t);
        }
        std::sort(posted.begin(), posted.end());
        CHECK(sim.pending_events().size() == posted.size());
        std::vector<SimTime> seen;
        Toy model{[&](auto& c, const auto& e) {
          seen.push_back(c.now());
          if (e.kind != 1) return;
          // As far as one can reach; at the last instant nothing lies between.
          tried([&] { c.cancel(c.schedule(SimTime::max(), 2, {})); });
          tried([&] { c.send(1, SimTime::max(), 2, {}); });
          tried([&] { c.send(1, c.window_end(), 2, {}); });
        }};
        SimTime reached = start;
        for (const SimTime until : {start, at(6), kNever, SimTime::max() - rackrate::core::kDay, SimTime::max()}) {
          if (until < reached || !tried([&] { sim.run_until(model, until, *serial); })) continue;
          reached = until;
          const auto own = static_cast<std::ptrdiff_t>(
              std::count_if(posted.begin(), posted.end(), [&](SimTime t) { return t < until; }));
          std::vector<SimTime> of_first;
          for (const SimTime t : seen) {
            if (std::binary_search(posted.begin(), posted.end(), t)) of_first.push_back(t);
          }
          // Messages to process 1 may fall on the same instants; each posted one below `until` was seen.
          of_first.erase(std::unique(of_first.begin(), of_first.end()), of_first.end());
          std::sort(of_first.begin(), of_first.end());
          of_first.erase(std::unique(of_first.begin(), of_first.end()), of_first.end());
          CHECK(of_first == std::vector<SimTime>(posted.begin(), posted.begin() + own));
        }
        const auto bytes = sim.save();
        Sim restored(names(2), {.start = start, .window = window});
        restored.load(bytes);
        CHECK(restored == sim);
        ++accepted;
      });
    }
  }
  CHECK(accepted > 10);
}

TEST_CASE("a link that never delivers refuses every message", "[engine][time][causality]") {
  for (const SimDuration never : {SimDuration::max(), rackrate::core::kNever - at(0)}) {
    Sim sim(names(2), {.start = rackrate::core::date(2026, 1, 1), .window = rackrate::core::kDay});
    Toy model{[](auto& c, const auto&) { c.send(1, c.now() + 2 * rackrate::core::kDay, 2, {}); }};
    model.link_minimum = never;
    sim.post(0, rackrate::core::date(2026, 1, 2), 1, {});
    const auto serial = make_serial_executor();
    CHECK_THROWS_AS(sim.run_until(model, rackrate::core::date(2027, 1, 1), *serial), rackrate::core::CausalityError);
  }
}
