// Whole replications: what an analyst waits for. The flagship at its full size, and at a tenth of it.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "sim/study/simulation.hpp"

namespace {

using namespace rackrate;

scenario::Scenario flagship(const char* enterprises) {
  const std::vector<std::filesystem::path> library{std::filesystem::path(RACKRATE_SOURCE_DIR) / "scenarios"};
  return scenario::Scenario::load("openai-azure-amended", library).override_with({{"run.enterprises", enterprises}});
}

void replication(benchmark::State& state, const char* enterprises, int threads) {
  const auto scenario = flagship(enterprises);
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  std::uint64_t events = 0;
  for (auto _ : state) {
    study::Simulation simulation(regime, scenario.name(), 1, 0);
    simulation.run(threads);
    events = simulation.world().statistics().events;
  }
  state.counters["events"] = static_cast<double>(events);
  state.counters["events_per_second"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsIterationInvariantRate);
}

void load_flagship(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(flagship("10000"));
}

}  // namespace

BENCHMARK_CAPTURE(replication, flagship / 10000_enterprises / 1_thread, "10000", 1)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->Repetitions(5)
    ->ReportAggregatesOnly()
    ->UseRealTime();
BENCHMARK_CAPTURE(replication, flagship / 10000_enterprises / 2_threads, "10000", 2)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->Repetitions(5)
    ->ReportAggregatesOnly()
    ->UseRealTime();
BENCHMARK_CAPTURE(replication, flagship / 1000_enterprises / 1_thread, "1000", 1)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->Repetitions(3)
    ->ReportAggregatesOnly()
    ->UseRealTime();
BENCHMARK(load_flagship)->Unit(benchmark::kMillisecond);
