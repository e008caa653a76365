#if defined(RACKRATE_COUNTS_ALLOCATIONS)
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "bench/allocations.hpp"
#include "bench/phold_model.hpp"
#include "sim/engine/simulator.hpp"
#include "tests/support/catch.hpp"

namespace {

using rackrate::core::SimDuration;
using rackrate::core::SimTime;
namespace engine = rackrate::engine;

constexpr SimTime at(std::int64_t ticks) { return SimTime{SimDuration{ticks}}; }

/// A constant number of pending events: every even window all processes are busy, every odd one a few. So
/// windows on one thread and on all alternate, because the last one's events decide.
struct Alternating {
  struct Payload {};
  static constexpr engine::ProcessId kProcesses = 256, kFew = 64;
  static constexpr std::int64_t kWindow = 1000;
  template <class Context>
  void handle(Context& context, const engine::Event<Payload>& event) {
    if (event.kind == 1) std::this_thread::yield();  // so that other threads get their share of the few
    const auto to = static_cast<engine::ProcessId>((context.self() + 97U) % (event.kind == 1 ? kFew : kProcesses));
    context.send(to, context.now() + SimDuration{2 * kWindow}, event.kind, {});
  }
  [[nodiscard]] SimDuration min_delay(engine::ProcessId, engine::ProcessId) const { return SimDuration{kWindow}; }
  [[nodiscard]] std::string process_name(engine::ProcessId p) const { return std::to_string(p); }
  void at_barrier(SimTime) {}
};

TEST_CASE("windows that alternate between one thread and two hold no more memory as time goes on", "[bench][memory]") {
  std::vector<std::string> names;
  for (engine::ProcessId p = 0; p < Alternating::kProcesses; ++p) names.push_back(std::to_string(p));
  engine::Simulator<Alternating::Payload> sim(names,
                                              {.window = SimDuration{Alternating::kWindow}, .serial_below = 128});
  for (engine::ProcessId p = 0; p < Alternating::kProcesses; ++p) sim.post(p, at(p), 0, {});
  for (engine::ProcessId p = 0; p < Alternating::kFew; ++p) sim.post(p, at(Alternating::kWindow + p), 1, {});
  Alternating model;
  const auto threads = engine::make_thread_executor(2);
  sim.run_until(model, at(2000 * Alternating::kWindow), *threads);
  const std::uint64_t before = bench::allocated_bytes();
  sim.run_until(model, at(12'000 * Alternating::kWindow), *threads);
  // 5,000 shared windows with 16 bags of half a kilobyte: 40 MB if what crosses the threads were lost. One slab
  // may still be new, when the threads have never before shared a window so unevenly.
  CHECK(bench::allocated_bytes() - before < 1'000'000U);
  CHECK(sim.statistics().parallel_windows >= 5'000U);
}

TEST_CASE("a steady run allocates nothing but what one call of run_until does", "[bench][memory]") {
  const bench::PholdParameters parameters{.processes = 512, .events_per_process = 8};
  bench::PholdModel model(parameters);
  engine::Simulator<bench::PholdModel::Payload> sim(bench::phold_names(parameters), {.window = bench::ticks(1.0)});
  bench::phold_start(parameters, [&](std::uint32_t p, SimTime time) { sim.post(p, time, 0, {}); });
  const auto serial = engine::make_serial_executor();
  const auto units = [](double u) { return SimTime{SimDuration{static_cast<std::int64_t>(u * bench::kTicksPerUnit)}}; };
  sim.run_until(model, units(2000), *serial);  // nearly half a million events
  const std::uint64_t before = bench::allocations();
  const std::uint64_t events = sim.statistics().events;
  sim.run_until(model, units(3000), *serial);
  CHECK(sim.statistics().events - events > 200'000U);
  CHECK(bench::allocations() - before <= 1U);
}

}  // namespace
#endif
