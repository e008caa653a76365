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

TEST_CASE("at equal time and priority the outside goes first, then origins by the rank of their name hash",
          "[engine][order]") {
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
    return rackrate::core::name_hash(who[static_cast<std::size_t>(a)]) <
           rackrate::core::name_hash(who[static_cast<std::size_t>(b)]);
  });
  expected.insert(expected.begin(), -1);
  CHECK(seen == expected);
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

TEST_CASE("a thousand events at one instant and priority keep the order of their posting", "[engine][order]") {
  for (const std::uint32_t shards : {1U, 3U}) {
    Sim sim(names(3), {.start = at(0), .window = ms(10), .shards = shards});
    std::vector<std::vector<std::int64_t>> seen(3);
    Toy model{[&](auto& c, const auto& e) { seen[c.self()].push_back(e.payload.value); }};
    std::vector<std::vector<std::int64_t>> expected(3);
    for (std::int64_t i = 0; i < 3000; ++i) {
      sim.post(static_cast<ProcessId>(i * i % 3), at(7), 1, {i});
      expected[static_cast<std::size_t>(i * i % 3)].push_back(i);
    }
    const auto serial = make_serial_executor();
    sim.run_until(model, at(10), *serial);
    CHECK(seen == expected);
  }
}

TEST_CASE("a chain of ten thousand zero delays ends within its instant", "[engine][order]") {
  // At 4 the chain starts; 5 ms is next in the same window and must wait for all of it.
  Sim sim(names(1), kTen);
  std::int64_t last = 0;
  std::int64_t at_five = -1;
  Toy model{[&](auto& c, const auto& e) {
    if (e.kind == 2) {
      at_five = last;
      return;
    }
    CHECK(c.now() == at(4));
    last = e.payload.value;
    if (last < 10'000) c.schedule(c.now(), 1, {last + 1});
  }};
  sim.post(0, at(5), 2, {});
  sim.post(0, at(4), 1, {1});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(10), *serial);
  CHECK(last == 10'000);
  CHECK(at_five == 10'000);
}

TEST_CASE("an event scheduled for the present overtakes what is pending only by a lower priority", "[engine][order]") {
  // At 3: 1 (priority 0) schedules 10 at -5, 11 at 0, 12 at +5; outside's 2 (0) and 3 (+5) are pending.
  // Least key first: 10 (-5); then priority 0: outside's 2, own 11; then +5: outside's 3, own 12.
  Sim sim(names(1), kTen);
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(e.payload.value);
    if (e.payload.value != 1) return;
    c.schedule(c.now(), 1, {12}, 5);
    c.schedule(c.now(), 1, {11}, 0);
    c.schedule(c.now(), 1, {10}, -5);
  }};
  sim.post(0, at(3), 1, {1});
  sim.post(0, at(3), 1, {3}, 5);
  sim.post(0, at(3), 1, {2});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(4), *serial);
  CHECK(seen == std::vector<std::int64_t>{1, 10, 2, 11, 3, 12});
}

TEST_CASE("the extreme priorities are the first and the last of their instant", "[engine][order]") {
  Sim sim(names(1), kTen);
  std::vector<std::int64_t> seen;
  Toy model{[&](auto&, const auto& e) { seen.push_back(e.payload.value); }};
  const std::int16_t priorities[] = {0, INT16_MAX, INT16_MIN, -1, 1};
  for (std::int64_t i = 0; i < 5; ++i) sim.post(0, at(3), 1, {i}, priorities[i]);
  const auto serial = make_serial_executor();
  sim.run_until(model, at(4), *serial);
  CHECK(seen == std::vector<std::int64_t>{2, 3, 0, 4, 1});
}

TEST_CASE("an own event of the open window takes its place among those that were there before", "[engine][order]") {
  Sim sim(names(1), kTen);
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(c.now().time_since_epoch().count());
    if (e.payload.value == 1) {
      for (const std::int64_t t : {9LL, 3LL, 6LL, 10LL, 2LL}) c.schedule(at(t), 1, {0});
    }
  }};
  for (const std::int64_t t : {8LL, 4LL}) sim.post(0, at(t), 1, {0});
  sim.post(0, at(2), 1, {1});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(11), *serial);
  CHECK(seen == std::vector<std::int64_t>{2, 2, 3, 4, 6, 8, 9, 10});
}

TEST_CASE("a message to oneself is an event of one's own", "[engine][order]") {
  Sim sim(names(2), kTen);
  std::vector<std::int64_t> seen;
  Toy model{[&](auto& c, const auto& e) {
    seen.push_back(e.payload.value);
    if (e.payload.value == 1) c.send(c.self(), c.now(), 1, {2});  // no lookahead binds it
  }};
  model.link_minimum = ms(50);
  sim.post(0, at(3), 1, {1});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(4), *serial);
  CHECK(seen == std::vector<std::int64_t>{1, 2});
  CHECK(sim.statistics().messages == 0U);
}

TEST_CASE("the reserved kind and processes that do not exist are refused", "[engine]") {
  Sim sim(names(2), kTen);
  CHECK_THROWS_AS(sim.post(0, at(1), rackrate::engine::kCancellation, {}), std::invalid_argument);
  CHECK_THROWS_AS(sim.post(2, at(1), 1, {}), std::out_of_range);
  Toy model{[&](auto& c, const auto&) {
    CHECK_THROWS_AS(c.schedule(c.now(), rackrate::engine::kCancellation, {}), std::invalid_argument);
    CHECK_THROWS_AS(c.send(1, at(10), rackrate::engine::kCancellation, {}), std::invalid_argument);
    CHECK_THROWS_AS(c.send(2, at(10), 1, {}), std::out_of_range);
  }};
  sim.post(0, at(1), 1, {});
  const auto serial = make_serial_executor();
  sim.run_until(model, at(100), *serial);
  CHECK(sim.statistics().events == 1U);  // nothing of it was scheduled
}
