#include "sim/engine/periodic.hpp"

#include <functional>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/engine/simulator.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using namespace rackrate;

namespace {
struct Nothing {
  friend bool operator==(const Nothing&, const Nothing&) = default;
};
enum : std::uint16_t { kBegin, kTick, kCommand };

/// One clock per process. kBegin and kCommand do what the test says; a tick is noted after on_tick.
template <class Table = engine::Every>
struct Clocks {
  using Payload = Nothing;
  using Clock = engine::Periodic<Nothing, Table>;
  using Action = std::function<void(engine::Context<Nothing>&, Clock&)>;
  Action begin;
  Action command = [](auto&, auto&) {};
  std::vector<Clock> clocks = std::vector<Clock>(1);
  std::vector<std::vector<SimTime>> ticks = std::vector<std::vector<SimTime>>(clocks.size());

  void handle(engine::Context<Nothing>& context, const Event<Nothing>& event) {
    Clock& clock = clocks[context.self()];
    if (event.kind == kBegin) begin(context, clock);
    if (event.kind == kCommand) command(context, clock);
    if (event.kind != kTick) return;
    clock.on_tick(context);
    ticks[context.self()].push_back(context.now());
  }
  [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return ms(0); }
  [[nodiscard]] std::string process_name(ProcessId p) const { return "process/" + std::to_string(p); }
  void at_barrier(SimTime) {}
};

using Sim = engine::Simulator<Nothing>;
using Ticks = std::vector<SimTime>;

Sim simulator(std::size_t n = 1, SimTime start = at(0), SimDuration window = ms(10)) {
  Sim sim(names(n), {.start = start, .window = window, .shards = 3, .serial_below = 0});
  for (ProcessId p = 0; p < n; ++p) sim.post(p, start, kBegin, {});
  return sim;
}
Clocks<> every(SimTime first, SimDuration period) {
  return {
      .begin = [=](auto& context, auto& clock) { clock.start(context, {.first = first, .period = period}, kTick); }};
}
}  // namespace

TEST_CASE("a periodic event ticks on first + k periods, 100,000 times over", "[engine][periodic]") {
  // Three ticks in 100 ms: on 0, 33, 66, 100, ... ms. 100,000 ticks end with number 99,999 = 33,333 x 3 on
  // 3,333,300 ms; a step of 33 ms added up would be at 3,299,967.
  Clocks<> model{.begin = [](auto& context, auto& clock) {
    clock.start(context, {.first = at(0), .period = ms(100), .parts = 3}, kTick);
  }};
  Sim sim = simulator();
  const auto serial = engine::make_serial_executor();
  sim.run_until(model, at(3'333'301), *serial);
  const Ticks& seen = model.ticks[0];
  REQUIRE(seen.size() == 100'000U);
  std::size_t off = 0;
  for (std::size_t k = 0; k < seen.size(); ++k) {
    if (seen[k] != at(static_cast<std::int64_t>(k) * 100 / 3)) ++off;
  }
  CHECK(off == 0U);
  CHECK(seen.back() == at(3'333'300));
  CHECK(model.clocks[0].tick() == 100'000);
  CHECK(model.clocks[0].next() == at(3'333'333));
  CHECK(sim.pending_events().size() == 1U);
}

TEST_CASE("a periodic event can be stopped in the open window, and at the very time of its tick",
          "[engine][periodic]") {
  // Ticks on 2, 4, 6, ... ms in a window of 10 ms.
  Clocks<> model = every(at(2), ms(2));
  model.command = [](auto& context, auto& clock) { clock.stop(context); };
  Sim sim = simulator();
  const auto serial = engine::make_serial_executor();
  SECTION("between two ticks") { sim.post(0, at(5), kCommand, {}); }
  SECTION("at the time of a tick, before it by priority") { sim.post(0, at(6), kCommand, {}, -1); }
  SECTION("at the time of a tick, after it by priority") { sim.post(0, at(4), kCommand, {}, 1); }
  sim.run_until(model, at(100), *serial);
  CHECK(model.ticks[0] == Ticks{at(2), at(4)});
  CHECK_FALSE(model.clocks[0].running());
  CHECK(model.clocks[0].next() == core::kNever);
  CHECK(sim.pending_events().empty());
  CHECK(sim.next_event_time() == core::kNever);
}

TEST_CASE("a periodic event can be stopped long before its tick, and stopping twice does nothing",
          "[engine][periodic]") {
  Clocks<> model = every(at(5'000), ms(5'000));
  model.command = [](auto& context, auto& clock) { clock.stop(context); };
  Sim sim = simulator();
  sim.post(0, at(3), kCommand, {});
  sim.post(0, at(4), kCommand, {});
  sim.run_until(model, at(20'000), *engine::make_serial_executor());
  CHECK(model.ticks[0].empty());
  CHECK(sim.pending_events().empty());
}

TEST_CASE("a handler may stop its periodic event before it asks for the next tick", "[engine][periodic]") {
  struct Thrice : Clocks<> {
    void handle(engine::Context<Nothing>& context, const Event<Nothing>& event) {
      if (event.kind == kTick && ticks[0].size() == 2) clocks[0].stop(context);
      Clocks<>::handle(context, event);
    }
  } model{every(at(1), ms(7))};
  Sim sim = simulator();
  sim.run_until(model, at(1'000), *engine::make_serial_executor());
  CHECK(model.ticks[0] == Ticks{at(1), at(8), at(15)});
  CHECK(sim.pending_events().empty());
}

TEST_CASE("a periodic event starts anew without a tick of its former life", "[engine][periodic]") {
  Clocks<> model = every(at(2), ms(6));
  model.command = [](auto& context, auto& clock) { clock.start(context, {.first = at(13), .period = ms(20)}, kTick); };
  Sim sim = simulator();
  sim.post(0, at(9), kCommand, {});  // after 2 and 8; 14 is cancelled
  sim.run_until(model, at(60), *engine::make_serial_executor());
  CHECK(model.ticks[0] == Ticks{at(2), at(8), at(13), at(33), at(53)});
  CHECK(sim.pending_events().size() == 1U);
}

TEST_CASE("a fork and a snapshot keep a periodic event", "[engine][periodic]") {
  Clocks<> model = every(at(0), ms(7));
  Sim sim = simulator();
  const auto serial = engine::make_serial_executor();
  sim.run_until(model, at(25), *serial);  // 0, 7, 14, 21; 28 lies in the open window

  Clocks<> fork = model;
  Sim forked = sim;
  CHECK(fork.clocks == model.clocks);
  Clocks<> restored = model;
  Sim loaded(names(1), {.start = at(0), .window = ms(10), .shards = 1});
  loaded.load(sim.save());

  model.command = [](auto& context, auto& clock) { clock.stop(context); };
  sim.post(0, at(26), kCommand, {});
  sim.run_until(model, at(50), *serial);
  forked.run_until(fork, at(50), *serial);
  loaded.run_until(restored, at(50), *serial);
  CHECK(model.ticks[0] == Ticks{at(0), at(7), at(14), at(21)});  // stopped here, not there
  const Ticks on{at(0), at(7), at(14), at(21), at(28), at(35), at(42), at(49)};
  CHECK(fork.ticks[0] == on);
  CHECK(restored.ticks[0] == on);
  CHECK(restored.clocks == fork.clocks);
  CHECK(loaded == forked);
}

TEST_CASE("a periodic event can be saved as bytes", "[engine][periodic]") {
  STATIC_REQUIRE(std::is_trivially_copyable_v<engine::Periodic<Nothing>>);
  STATIC_REQUIRE(std::is_trivially_copyable_v<engine::Periodic<Nothing, engine::Monthly>>);
}

TEST_CASE("a new period counts from the latest tick", "[engine][periodic]") {
  SimDuration period = ms(0);
  Clocks<> model = every(at(10), ms(10));
  model.command = [&](auto& context, auto& clock) { clock.change_period(context, period); };
  Sim sim = simulator();
  const auto serial = engine::make_serial_executor();
  SECTION("longer: the pending tick is put off") {
    period = ms(25);
    sim.post(0, at(24), kCommand, {});  // the latest is 20, so 45 follows
    sim.run_until(model, at(100), *serial);
    CHECK(model.ticks[0] == Ticks{at(10), at(20), at(45), at(70), at(95)});
  }
  SECTION("shorter: successors that are past are left out") {
    period = ms(3);
    sim.post(0, at(27), kCommand, {}, -1);  // 20 + 3, 26 are past; 29 is the first that is not
    sim.run_until(model, at(36), *serial);
    CHECK(model.ticks[0] == Ticks{at(10), at(20), at(29), at(32), at(35)});
  }
  SECTION("shorter: a successor that falls on the present happens") {
    period = ms(3);
    sim.post(0, at(26), kCommand, {});
    sim.run_until(model, at(30), *serial);
    CHECK(model.ticks[0] == Ticks{at(10), at(20), at(26), at(29)});
  }
  SECTION("before the first tick: that one stays") {
    period = ms(40);
    sim.post(0, at(4), kCommand, {});
    sim.run_until(model, at(95), *serial);
    CHECK(model.ticks[0] == Ticks{at(10), at(50), at(90)});
  }
  SECTION("when stopped: nothing happens") {
    model.command = [&](auto& context, auto& clock) {
      clock.stop(context);
      clock.change_period(context, ms(5));
    };
    sim.post(0, at(24), kCommand, {});
    sim.run_until(model, at(100), *serial);
    CHECK(model.ticks[0] == Ticks{at(10), at(20)});
  }
  CHECK(sim.pending_events().size() == (model.clocks[0].running() ? 1U : 0U));
}

TEST_CASE("a monthly event follows the calendar", "[engine][periodic]") {
  Clocks<engine::Monthly> model{
      .begin = [](auto& context, auto& clock) { clock.start(context, engine::every_month(context.now(), 31), kTick); }};
  Sim sim = simulator(1, core::date(2027, 12, 5), core::kDay);
  sim.run_until(model, core::date(2028, 4, 30), *engine::make_serial_executor());
  CHECK(model.ticks[0] ==
        Ticks{core::date(2027, 12, 31), core::date(2028, 1, 31), core::date(2028, 2, 29), core::date(2028, 3, 31)});
  CHECK(model.clocks[0].next() == core::date(2028, 4, 30));
}

TEST_CASE("ticks carry their payload and priority", "[engine][periodic]") {
  struct Two {
    struct Payload {
      int who = 0;
    };
    engine::Periodic<Payload> late, early;
    std::vector<int> seen;
    void handle(engine::Context<Payload>& context, const Event<Payload>& event) {
      if (event.kind == kBegin) {
        late.start(context, {.first = at(3), .period = ms(5)}, kTick, {2}, 1);
        early.start(context, {.first = at(3), .period = ms(5)}, kTick, {1}, -1);
        return;
      }
      (event.payload.who == 1 ? early : late).on_tick(context);
      seen.push_back(event.payload.who);
    }
    SimDuration min_delay(ProcessId, ProcessId) const { return ms(0); }
    std::string process_name(ProcessId) const { return "two"; }
    void at_barrier(SimTime) {}
  } model;
  engine::Simulator<Two::Payload> sim({"two"}, {.start = at(0), .window = ms(10)});
  sim.post(0, at(0), kBegin, {});
  sim.run_until(model, at(12), *engine::make_serial_executor());
  CHECK(model.seen == std::vector<int>{1, 2, 1, 2});
}

TEST_CASE("many periodic events tick alike on any executor", "[engine][periodic]") {
  const auto run = [](engine::Executor& executor) {
    constexpr std::size_t kClocks = 40;
    Clocks<> model{.begin =
                       [](auto& context, auto& clock) {
                         clock.start(context, {.first = at(context.self() % 7), .period = ms(3 + context.self())},
                                     kTick);
                       },
                   .clocks = std::vector<Clocks<>::Clock>(kClocks)};
    Sim sim = simulator(kClocks);
    sim.run_until(model, at(1'000), executor);
    return model.ticks;
  };
  const auto serial = run(*engine::make_serial_executor());
  CHECK(run(*engine::make_thread_executor(3)) == serial);
  // Process 5 ticks on 5, 13, ..., every 8 ms before 1000: floor(994 / 8) + 1 = 125 times.
  CHECK(serial[5].size() == 125U);
}

TEST_CASE("a periodic event refuses a timetable that stands still, the past and a tick that is not its own",
          "[engine][periodic]") {
  const auto serial = engine::make_serial_executor();
  const auto message = [&](Clocks<> model) {
    Sim sim = simulator();
    sim.post(0, at(4), kCommand, {});
    try {
      sim.run_until(model, at(100), *serial);
    } catch (const core::CausalityError& e) {
      return "causality: " + std::string(e.what());
    } catch (const std::logic_error& e) {
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  CHECK(message(every(at(2), ms(0))) ==
        "timetable's tick 1 falls on 1970-01-01T00:00:00.002; expected later than tick 0 on 1970-01-01T00:00:00.002. "
        "Give it a positive period.");
  Clocks<> late = every(at(50), ms(5));
  late.command = [](auto& context, auto& clock) { clock.start(context, {.first = at(3), .period = ms(5)}, kTick); };
  CHECK(message(late) ==
        "causality: event of process/0 is due at 1970-01-01T00:00:00.003; expected 1970-01-01T00:00:00.004 or later, "
        "which is its present.");
  Clocks<> strange = every(at(50), ms(5));
  strange.command = [](auto& context, auto& clock) { clock.on_tick(context); };
  CHECK(message(strange) ==
        "periodic event of kind 1 was told of a tick at 1970-01-01T00:00:00.004; expected 1970-01-01T00:00:00.050. "
        "Call on_tick once for each "
        "event of that kind and for no other.");
  Clocks<> backwards = every(at(2), ms(5));
  bool refused = false;
  backwards.command = [&](auto& context, auto& clock) {
    const auto before = clock;
    CHECK_THROWS_AS(clock.change_period(context, ms(-1)), std::invalid_argument);
    refused = clock == before;
  };
  CHECK(message(backwards) == "nothing was thrown");
  CHECK(refused);
}

TEST_CASE("a timetable of no parts is refused", "[engine][periodic]") {
  const auto serial = engine::make_serial_executor();
  for (const std::int64_t parts : {0, -1}) {
    Clocks<> model{[parts](auto& context, auto& clock) {
      clock.start(context, {.first = at(0), .period = ms(10), .parts = parts}, kTick);
    }};
    Sim sim = simulator();
    sim.post(0, at(0), kBegin, {});
    CHECK_THROWS_AS(sim.run_until(model, at(100), *serial), std::invalid_argument);
  }
}
