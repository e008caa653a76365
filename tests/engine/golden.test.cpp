#include <cstdint>

#include "sim/engine/simulator.hpp"
#include "tests/engine/random_model.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;

// The numbers below were printed by these very runs. They say nothing about being right (the other
// tests do); they say that this commit runs the models as the last one did, event by event. When one
// moves, results of every model may have moved: find out why first. If the change is meant, copy the
// number that the failing check prints, say in the commit what moved it, and announce it in
// CHANGELOG.md under Results.
// `trace` is made by the model from the order of its events; if it holds while the order digest moved,
// only the making of the digest has changed.
namespace {
constexpr rackrate::engine::Options kOptions{.start = at(0), .window = ms(1000), .shards = 4, .order_digest = true};
}

TEST_CASE("PHOLD runs as it did in the last commit", "[engine][golden]") {
  const auto serial = rackrate::engine::make_serial_executor();
  Phold model(100);
  auto sim = phold_simulator(100, 4, kOptions);
  sim.run_until(model, at(500'000), *serial);
  CHECK(sim.statistics().events == 12'194U);
  CHECK(sim.order_digest() == 8276999044981966889U);
  std::uint64_t trace = 0;
  for (const std::uint64_t s : model.state) trace = mix(trace, s);
  CHECK(trace == 9652751650165414258U);
}

TEST_CASE("the model of everything at random runs as it did in the last commit", "[engine][golden]") {
  const auto serial = rackrate::engine::make_serial_executor();
  auto options = kOptions;
  options.window = ms(11);
  RandomModel model;
  model.window = 11;
  model.link = 15;
  model.processes.resize(50);
  for (std::size_t p = 0; p < 50; ++p) {
    model.processes[p].dice.state = 1000 + p;
    model.processes[p].budget = 100;
  }
  model.outside.state = 5;
  model.outside_budget = 100;
  rackrate::engine::Simulator<RandomModel::Payload> sim(names(50), options);
  for (ProcessId p = 0; p < 50; ++p) {
    for (std::uint32_t i = 0; i < 4; ++i)
      sim.post(p, at((p * 7 + i * 13) % 30), 7, {p, 0}, static_cast<std::int16_t>(p % 3));
  }
  sim.run_until(model, at(1'000'000'000), *serial);
  CHECK(sim.statistics().events == 4'746U);
  CHECK(sim.order_digest() == 5303133315445923044U);
  std::uint64_t trace = 0;
  for (const auto& p : model.processes) trace = mix(trace, p.trace);
  CHECK(trace == 9194114059333848894U);
}

TEST_CASE("a token ring with shuffled ties runs as it did in the last commit", "[engine][golden]") {
  // Every process sends to both neighbours, all at the same instants: the order is made by ties alone.
  struct Ring {
    struct Payload {
      std::uint32_t hop = 0;
    };
    std::vector<std::uint64_t> trace = std::vector<std::uint64_t>(20, 0);
    void handle(rackrate::engine::Context<Payload>& c, const Event<Payload>& e) {
      const std::uint32_t p = c.self();
      trace[p] = mix(trace[p], e.tie ^ static_cast<std::uint64_t>(e.time.time_since_epoch().count()));
      if (e.kind == 1 && e.payload.hop < 10) {
        c.send((p + 1) % 20, c.window_end(), 1, {e.payload.hop + 1});
        if (e.payload.hop % 3 == 0) c.send((p + 19) % 20, c.window_end(), 1, {e.payload.hop + 1});
      }
    }
    SimDuration min_delay(ProcessId, ProcessId) const { return ms(0); }
    std::string process_name(ProcessId p) const { return "process/" + std::to_string(p); }
    void at_barrier(SimTime) {}
  } model;
  auto options = kOptions;
  options.shuffle_ties = 2026;
  rackrate::engine::Simulator<Ring::Payload> sim(names(20), options);
  for (ProcessId p = 0; p < 20; ++p) sim.post(p, at(0), 1, {0});
  const auto serial = rackrate::engine::make_serial_executor();
  sim.run_until(model, at(100'000), *serial);
  // Hops 0, 3, 6 and 9 double: 20 x (1 + 2 + 2 + 2 + 4 + 4 + 4 + 8 + 8 + 8 + 16) events.
  CHECK(sim.statistics().events == 20U * 59U);
  CHECK(sim.order_digest() == 6020182567815243050U);
  std::uint64_t trace = 0;
  for (const std::uint64_t t : model.trace) trace = mix(trace, t);
  CHECK(trace == 11577184640333365711U);
}
