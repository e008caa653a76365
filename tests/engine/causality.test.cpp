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
        "1970-01-01T00:00:00.010 or later (the window ends at 1970-01-01T00:00:00.010, lookahead 10 ms, minimum delay "
        "of this "
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
        "event of toy/0 is due at 1970-01-01T00:00:00.004; expected 1970-01-01T00:00:00.005 or later, which is its "
        "present.");
  Sim later(names(1), kTen);
  later.run_until(model, at(7), *serial);
  CHECK_THROWS_AS(later.post(0, at(6), 1, {}), rackrate::core::CausalityError);
  CHECK_THROWS_AS(later.run_until(model, at(6), *serial), rackrate::core::CausalityError);
  CHECK_THROWS_AS(later.post(1, at(8), 1, {}), std::out_of_range);
}

TEST_CASE("a message exactly at the link's minimum arrives and one millisecond less is an error",
          "[engine][causality]") {
  // Sent at 5 on a link of 20 ms: due at 25 or later, although the window ends at 10.
  for (const std::int64_t due : {25LL, 24LL}) {
    Sim sim(names(2), kTen);
    std::vector<SimTime> arrived;
    Toy model{[&](auto& c, const auto& e) {
      if (e.kind == 1) c.send(1, at(due), 2, {});
      if (e.kind == 2) arrived.push_back(c.now());
    }};
    model.link_minimum = ms(20);
    sim.post(0, at(5), 1, {});
    const auto serial = make_serial_executor();
    const std::string text = text_of([&] { sim.run_until(model, at(100), *serial); });
    if (due == 25) {
      CHECK(text == "nothing was thrown");
      CHECK(arrived == std::vector<SimTime>{at(25)});
    } else {
      for (const char* part : {"toy/0", "toy/1", "00:00:00.005", "00:00:00.024", "00:00:00.025", "lookahead 10 ms",
                               "minimum delay of this link 20 ms"}) {
        INFO(part << " in: " << text);
        CHECK(contains(text, part));
      }
      CHECK(arrived.empty());
    }
  }
}

TEST_CASE("the first instant of a window may send to its end and its last instant too", "[engine][causality]") {
  // From 0 to 10 lies the full lookahead; from 9 only one millisecond: both are due at the window's end.
  Sim sim(names(2), kTen);
  std::vector<SimTime> arrived;
  Toy model{[&](auto& c, const auto& e) {
    if (e.kind == 1) c.send(1, c.window_end(), 2, {});
    if (e.kind == 2) arrived.push_back(c.now());
  }};
  for (const std::int64_t t : {0LL, 9LL, 10LL}) sim.post(0, at(t), 1, {});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(100), *serial);
  CHECK(arrived == std::vector<SimTime>{at(10), at(10), at(20)});
}

TEST_CASE("a handler may catch a causality error and go on as if it had not sent", "[engine][causality]") {
  Sim sim(names(2), kTen);
  int arrived = 0;
  Toy model{[&](auto& c, const auto& e) {
    if (e.kind == 2) ++arrived;
    if (e.kind != 1) return;
    CHECK_THROWS_AS(c.send(1, c.window_end() - ms(1), 2, {}), rackrate::core::CausalityError);
    c.send(1, c.window_end(), 2, {});
  }};
  sim.post(0, at(3), 1, {});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(100), *serial);
  CHECK(arrived == 1);
  CHECK(sim.statistics().messages == 1U);
}

TEST_CASE("a time before the start is refused", "[engine][causality]") {
  for (const SimTime start : {at(0), rackrate::core::date(2026, 1, 1), rackrate::core::date(1931, 7, 1)}) {
    Sim sim(names(1), {.start = start, .window = ms(10)});
    CHECK_THROWS_AS(sim.post(0, start - ms(1), 1, {}), rackrate::core::CausalityError);
    CHECK_THROWS_AS(sim.post(0, rackrate::core::kAlways, 1, {}), rackrate::core::CausalityError);
    Toy model{[](auto&, const auto&) {}};
    const auto serial = make_serial_executor();
    CHECK_THROWS_AS(sim.run_until(model, start - ms(1), *serial), rackrate::core::CausalityError);
    sim.post(0, start, 1, {});
    sim.run_until(model, start, *serial);
    CHECK(sim.statistics().events == 0U);
    sim.run_until(model, start + ms(1), *serial);
    CHECK(sim.statistics().events == 1U);
  }
}
