#include "sim/engine/simulator.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using rackrate::engine::make_serial_executor;

namespace {
struct Value {
  std::int64_t value = 0;
  friend bool operator==(const Value&, const Value&) = default;
};

/// One process model whose behaviour is a lambda taking (context, event).
template <class Handler>
struct Toy {
  using Payload = Value;
  Handler handler;
  SimDuration link_minimum = ms(0);
  std::vector<SimTime> barriers = {};
  template <class Context>
  void handle(Context& context, const Event<Payload>& event) { handler(context, event); }
  [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return link_minimum; }
  [[nodiscard]] std::string process_name(ProcessId p) const { return "toy/" + std::to_string(p); }
  void at_barrier(SimTime end) { barriers.push_back(end); }
};
template <class Handler>
Toy(Handler) -> Toy<Handler>;

using Sim = rackrate::engine::Simulator<Value>;
const rackrate::engine::Options kTen{.start = at(0), .window = ms(10)};

template <class F>
std::string text_of(F f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "nothing was thrown";
}
}  // namespace

TEST_CASE("events are handled by time, then priority, then order of scheduling", "[engine][order]") {
  Sim sim(names(1), kTen);
  sim.post(0, at(5), 1, {3});
  sim.post(0, at(5), 1, {4});
  sim.post(0, at(5), 1, {2}, -1);
  sim.post(0, at(5), 1, {5}, 1);
  sim.post(0, at(4), 1, {1}, 7);
  sim.post(0, at(25), 1, {6});
  std::vector<std::int64_t> seen;
  Toy model{[&](auto&, const auto& e) { seen.push_back(e.payload.value); }};
  const auto serial = make_serial_executor();
  sim.run_until(model, at(100), *serial);
  CHECK(seen == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6});
  CHECK(sim.now() == at(100));
  CHECK(sim.statistics().events == 6U);
}

TEST_CASE("at equal time and priority the outside goes first, then origins by the rank of their name hash", "[engine][order]") {
  const std::vector<std::string> who{"azure", "aws", "gcp", "sink"};
  Sim sim(who, kTen);
  for (ProcessId p = 0; p < 3; ++p) sim.post(p, at(1), 1, {0});
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    if (e.kind == 1) c.send(3, at(10), 2, {static_cast<std::int64_t>(c.self())});
    if (e.kind == 2) seen.push_back(e.payload.value);
  }};
  sim.post(3, at(10), 2, {-1});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(11), *serial);
  std::vector<std::int64_t> expected{0, 1, 2};
  std::sort(expected.begin(), expected.end(), [&](std::int64_t a, std::int64_t b) {
    return rackrate::core::name_hash(who[static_cast<std::size_t>(a)]) < rackrate::core::name_hash(who[static_cast<std::size_t>(b)]);
  });
  expected.insert(expected.begin(), -1);
  CHECK(seen == expected);
}

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

TEST_CASE("a process may schedule itself with no delay, again and again", "[engine][order]") {
  Sim sim(names(1), kTen);
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(e.payload.value);
    if (e.payload.value < 3) c.schedule(c.now(), 1, {e.payload.value + 1});
    if (e.payload.value == 1) c.schedule(c.now(), 1, {100}, -1);  // overtakes what is pending at this time
  }};
  sim.post(0, at(9), 1, {0});
  sim.post(0, at(9), 1, {50});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(10), *serial);
  // Outside's 50 was posted first of all origins; 1 comes after it, then 100 by priority, then 2 and 3.
  CHECK(seen == std::vector<std::int64_t>{0, 50, 1, 100, 2, 3});
}

TEST_CASE("a message exactly at the window end arrives and one millisecond less is an error", "[engine][causality]") {
  Sim sim({"north", "south"}, kTen);
  std::vector<SimTime> arrived;
  std::int64_t due = 10;
  Toy model{[&](auto& c, const auto& e) {
    if (e.kind == 1) c.send(1, at(due), 2, {});
    if (e.kind == 2) arrived.push_back(c.now());
  }};
  sim.post(0, at(3), 1, {});
  Sim other = sim;
  const auto serial = make_serial_executor();
  sim.run_until(model, at(11), *serial);
  CHECK(arrived == std::vector<SimTime>{at(10)});
  due = 9;
  CHECK(text_of([&] { other.run_until(model, at(11), *serial); }) ==
        "message from toy/0 to toy/1, sent at 1970-01-01T00:00:00.003, is due at 1970-01-01T00:00:00.009; expected "
        "1970-01-01T00:00:00.010 or later (the window ends at 1970-01-01T00:00:00.010, lookahead 10 ms, minimum delay of this "
        "link 0 ms). Send it later, or give the link a shorter minimum delay or the run a shorter window.");
  CHECK_THROWS_AS(other.run_until(model, at(20), *serial), std::logic_error);  // it refuses to go on
}

TEST_CASE("a link's own minimum delay is enforced beyond the window", "[engine][causality]") {
  Sim sim(names(2), kTen);
  Toy model{[&](auto& c, const auto&) { c.send(1, at(24), 2, {}); }};
  model.link_minimum = ms(20);
  sim.post(0, at(5), 1, {});
  const auto serial = make_serial_executor();
  CHECK_THROWS_AS(sim.run_until(model, at(11), *serial), rackrate::core::CausalityError);
}

TEST_CASE("lookahead binds two processes of one shard as it binds those of two", "[engine][causality]") {
  for (const std::uint32_t shards : {1U, 2U}) {
    Sim sim(names(2), {.start = at(0), .window = ms(10), .shards = shards});
    Toy model{[&](auto& c, const auto&) { c.send(1, c.now(), 2, {}); }};
    sim.post(0, at(5), 1, {});
    const auto serial = make_serial_executor();
    CHECK_THROWS_AS(sim.run_until(model, at(11), *serial), rackrate::core::CausalityError);
  }
}

TEST_CASE("nothing can be scheduled into the past", "[engine][causality]") {
  Sim sim(names(1), kTen);
  Toy model{[&](auto& c, const auto&) { c.schedule(at(4), 1, {}); }};
  sim.post(0, at(5), 1, {});
  const auto serial = make_serial_executor();
  CHECK(text_of([&] { sim.run_until(model, at(10), *serial); }) ==
        "event of toy/0 is due at 1970-01-01T00:00:00.004; expected 1970-01-01T00:00:00.005 or later, which is its present.");
  Sim later(names(1), kTen);
  later.run_until(model, at(7), *serial);
  CHECK_THROWS_AS(later.post(0, at(6), 1, {}), rackrate::core::CausalityError);
  CHECK_THROWS_AS(later.run_until(model, at(6), *serial), rackrate::core::CausalityError);
  CHECK_THROWS_AS(later.post(1, at(8), 1, {}), std::out_of_range);
}

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

TEST_CASE("the barrier is called once after each window with events and never between", "[engine][barrier]") {
  Sim sim(names(3), kTen);
  for (const std::int64_t t : {0LL, 9LL, 12LL, 58LL, 60LL, 100'000LL}) sim.post(0, at(t), 1, {});
  Toy model{[](auto&, const auto&) {}};
  const auto serial = make_serial_executor();
  SECTION("in one run") { sim.run_until(model, at(200'000), *serial); }
  SECTION("in steps that end inside windows, in empty windows and on their ends") {
    for (const std::int64_t t : {1LL, 5LL, 10LL, 12LL, 13LL, 33LL, 59LL, 60LL, 61LL, 69LL, 70LL, 99'999LL, 100'001LL, 200'000LL}) {
      sim.run_until(model, at(t), *serial);
    }
  }
  CHECK(model.barriers == std::vector<SimTime>{at(10), at(20), at(60), at(70), at(100'010)});
  CHECK(sim.statistics().windows == 5U);
}

TEST_CASE("the barrier of a window waits for a run that passes the window's end", "[engine][barrier]") {
  Sim sim(names(1), kTen);
  sim.post(0, at(3), 1, {});
  Toy model{[](auto&, const auto&) {}};
  const auto serial = make_serial_executor();
  sim.run_until(model, at(9), *serial);
  CHECK(model.barriers.empty());
  sim.run_until(model, at(10), *serial);
  CHECK(model.barriers == std::vector<SimTime>{at(10)});
}

TEST_CASE("of several failing handlers the earliest event's exception is thrown", "[engine][failure]") {
  for (const int threads : {1, 4}) {
    const auto executor = rackrate::engine::make_thread_executor(threads);
    Sim sim(names(8), {.start = at(0), .window = ms(10), .shards = 3, .serial_below = 0});
    std::atomic<int> handled{0};
    Toy model{[&](auto& c, const auto& e) {
      ++handled;
      if (e.payload.value < 0) throw std::runtime_error("process " + std::to_string(c.self()) + " at " + std::to_string(c.now().time_since_epoch().count()));
    }};
    sim.post(0, at(6), 1, {-1});
    sim.post(0, at(7), 1, {1});    // never happens: process 0 has stopped
    sim.post(7, at(2), 1, {-1});
    sim.post(5, at(2), 1, {-1}, -3);
    sim.post(6, at(8), 1, {1});    // the others finish their window
    CHECK(text_of([&] { sim.run_until(model, at(10), *executor); }) == "process 5 at 2");
    CHECK(handled == 4);
    CHECK_THROWS_AS(sim.save(), std::logic_error);
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

TEST_CASE("the model may post from the barrier", "[engine][barrier]") {
  Sim sim(names(2), kTen);
  struct Echo {
    using Payload = Value;
    std::vector<SimTime> seen;
    void handle(rackrate::engine::Context<Value>& c, const Event<Value>&) { seen.push_back(c.now()); }
    SimDuration min_delay(ProcessId, ProcessId) const { return ms(0); }
    std::string process_name(ProcessId) const { return "echo"; }
    void at_barrier(SimTime end, Sim& simulator) { simulator.post(1, end, 1, {}); }
  } model{{}};
  sim.post(0, at(3), 1, {});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(35), *serial);
  CHECK(model.seen == std::vector<SimTime>{at(3), at(10), at(20), at(30)});
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
  CHECK(text_of([] { Sim s({"a", "b", "a"}, kTen); }) ==
        "processes \"a\" and \"a\" have the same name hash; expected distinct names. Rename one of them.");
  CHECK_THROWS_AS(Sim({}, kTen), std::invalid_argument);
  CHECK_THROWS_AS(Sim({"a"}, {.window = ms(0)}), std::invalid_argument);
  CHECK_THROWS_AS(Sim({"a"}, {.shards = 0}), std::invalid_argument);
}
