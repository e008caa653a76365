// The two inner loops of a replication: clearing a window and placing a workload; asking the contracts, and compiling
// them.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/market/primitives/choice_arrays.hpp"
#include "sim/market/primitives/flow.hpp"
#include "sim/market/regime/access.hpp"
#include "sim/market/regime/compiled_scenario.hpp"
#include "sim/scenario/scenario.hpp"

namespace {

using namespace rackrate;
using namespace rackrate::market;

/// A network of the flagship's size: 200 classes, 16 pools, three in four arcs, capacity for `percent` of demand.
FlowNetwork network(int percent) {
  const core::Draws draws(1, 0);
  FlowNetwork n;
  std::int64_t total = 0;
  for (int k = 0; k < 200; ++k) {
    const auto demand = static_cast<std::int64_t>(draws.below({1, 1, static_cast<std::uint64_t>(k)}, 20'000));
    total += demand;
    n.classes.push_back({core::name_hash("class" + std::to_string(k)), demand, 600'000});
  }
  for (int p = 0; p < 16; ++p)
    n.pools.push_back({core::name_hash("pool" + std::to_string(p)), total * percent / 100 / 16});
  for (const FlowClassId k : n.classes.ids())
    for (const FlowPoolId p : n.pools.ids()) {
      const std::uint64_t index = k.position() * 16 + p.position();
      if (draws.uniform({2, 1, index}) > 0.75) continue;
      FlowArc arc;
      arc.key = core::name_hash("arc" + std::to_string(index));
      arc.demand_class = k;
      arc.pool = p;
      arc.cost = static_cast<std::int64_t>(10'000 + draws.below({3, 1, index}, 10'000));
      n.arcs.push_back(arc);
    }
  return n;
}

void clearing(benchmark::State& state) {
  const auto n = network(static_cast<int>(state.range(0)));
  FlowSolver solver;
  FlowSolution solution;
  for (auto _ : state) solver.solve(n, solution);
}

/// One decision with fresh tastes: utilities to choice and log-sum.
void decide_again(benchmark::State& state, Instructions instructions) {
  ChoiceSet set;
  for (int k = 0; k < 20; ++k)
    set.add_crossed(core::name_hash("a" + std::to_string(k)), core::name_hash("lab" + std::to_string(k % 6)), 0.5,
                    core::name_hash("cloud" + std::to_string(k % 7)), 0.6);
  set.add_alone(core::name_hash("outside"));
  const ChoiceArrays arrays(set);
  std::vector<double> utility(arrays.columns(), kInfeasible);
  std::fill_n(utility.begin(), arrays.size(), 1.0);
  const core::Draws draws(1, 0);
  std::uint64_t epoch = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(decide_with(instructions, arrays, utility, draws.named({7, 1, ++epoch})));
  state.SetLabel(std::string(kInstructionNames[static_cast<std::size_t>(instructions)]));
  state.counters["decisions_per_second"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void placement(benchmark::State& state) {
  const auto instructions = static_cast<Instructions>(state.range(0));
  if (!available(instructions)) return state.SkipWithError("not on this processor");
  decide_again(state, instructions);
}

/// With the widest instructions of the processor, as a run decides.
void decisions(benchmark::State& state) {
  Instructions widest = Instructions::Scalar;
  for (const auto other : {Instructions::Baseline, Instructions::Avx2, Instructions::Avx512})
    if (available(other)) widest = other;
  decide_again(state, widest);
}

void permission(benchmark::State& state) {
  const std::vector<std::filesystem::path> library{std::filesystem::path(RACKRATE_SOURCE_DIR) / "scenarios"};
  const auto compiled = compile(scenario::Scenario::load("openai-azure-amended", library).parameters());
  Tuple tuple;
  tuple.lab = LabId(*index_of(compiled.parameters.vocabulary.labs, "openai"));
  tuple.channel = ChannelId(*index_of(compiled.parameters.vocabulary.channels, "bedrock"));
  tuple.host = CloudId(*index_of(compiled.parameters.vocabulary.clouds, "aws"));
  for (auto _ : state) benchmark::DoNotOptimize(compiled.registry.decide(tuple, core::date(2026, 5, 1)));
}

Parameters flagship() {
  const std::vector<std::filesystem::path> library{std::filesystem::path(RACKRATE_SOURCE_DIR) / "scenarios"};
  return scenario::Scenario::load("openai-azure-amended", library).parameters();
}

/// All contracts of the flagship into rules by interval: once per scenario.
void contracts_compile(benchmark::State& state) {
  const CompiledScenario compiled = compile(flagship());
  for (auto _ : state)
    benchmark::DoNotOptimize(
        Registry(compiled.parameters.contracts, compiled.parameters.vocabulary, compiled.channel_cloud));
}

/// Every permission a run of the flagship may look up: once per scenario.
void access_compile(benchmark::State& state) {
  const CompiledScenario compiled = compile(flagship());
  for (auto _ : state)
    benchmark::DoNotOptimize(compile_access(compiled, compiled.parameters.run.start, compiled.parameters.run.end));
}

}  // namespace

BENCHMARK(clearing)->Arg(150)->Arg(100)->Arg(70)->Unit(benchmark::kMicrosecond);
BENCHMARK(placement)->DenseRange(0, 3)->Unit(benchmark::kNanosecond);
BENCHMARK(decisions)->Unit(benchmark::kNanosecond);
BENCHMARK(permission)->Unit(benchmark::kNanosecond);
BENCHMARK(contracts_compile)->Unit(benchmark::kMillisecond);
BENCHMARK(access_compile)->Unit(benchmark::kMillisecond);
