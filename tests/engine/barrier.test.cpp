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

TEST_CASE("the barrier is called once after each window with events and never between", "[engine][barrier]") {
  Sim sim(names(3), kTen);
  for (const std::int64_t t : {0LL, 9LL, 12LL, 58LL, 60LL, 100'000LL}) sim.post(0, at(t), 1, {});
  Toy model{[](auto&, const auto&) {}};
  const auto serial = make_serial_executor();
  SECTION("in one run") { sim.run_until(model, at(200'000), *serial); }
  SECTION("in steps that end inside windows, in empty windows and on their ends") {
    for (const std::int64_t t :
         {1LL, 5LL, 10LL, 12LL, 13LL, 33LL, 59LL, 60LL, 61LL, 69LL, 70LL, 99'999LL, 100'001LL, 200'000LL}) {
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
