// PHOLD on the engine, or on a std::priority_queue of the same events for comparison.
//
//   phold --processes N --events-per-process M --remote F --lookahead L --mean-delay D --threads T --end E
//         [--shards S] [--executor tbb|threads|serial] [--engine windows|heap] [--json]
//
// Each of the N M events, when handled, sends one successor after L + Exp(D): with probability F to a
// process chosen at random, else to its own. Times are in milliseconds of simulated time. Both engines
// handle the same events in the same order per process and print the same digest.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include "bench/phold_heap.hpp"
#include "bench/phold_model.hpp"
#include "sim/engine/simulator.hpp"

namespace {

struct Arguments {
  bench::PholdParameters phold;
  int threads = 1;
  std::uint32_t shards = 16;
  std::string executor = "tbb";
  std::string engine = "windows";
  bool json = false;
};

std::unique_ptr<rackrate::engine::Executor> executor_for(const Arguments& a) {
  if (a.threads == 1 || a.executor == "serial") return rackrate::engine::make_serial_executor();
  if (a.executor == "threads") return rackrate::engine::make_thread_executor(a.threads);
  if (a.executor == "tbb") return rackrate::engine::make_tbb_executor(a.threads);
  throw std::invalid_argument("--executor is " + a.executor + "; expected tbb, threads or serial");
}

Arguments parse(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    const std::string_view key = argv[i];
    if (key == "--json") {
      a.json = true;
      continue;
    }
    if (i + 1 >= argc) throw std::invalid_argument(std::string(key) + " needs a value");
    const std::string value = argv[++i];
    if (key == "--processes") a.phold.processes = static_cast<std::uint32_t>(std::stoul(value));
    else if (key == "--events-per-process") a.phold.events_per_process = static_cast<std::uint32_t>(std::stoul(value));
    else if (key == "--remote") a.phold.remote = std::stod(value);
    else if (key == "--lookahead") a.phold.lookahead_ms = std::stoll(value);
    else if (key == "--mean-delay") a.phold.mean_delay_ms = std::stod(value);
    else if (key == "--end") a.phold.end_ms = std::stoll(value);
    else if (key == "--threads") a.threads = std::stoi(value);
    else if (key == "--shards") a.shards = static_cast<std::uint32_t>(std::stoul(value));
    else if (key == "--executor") a.executor = value;
    else if (key == "--engine") a.engine = value;
    else throw std::invalid_argument(std::string(key) + " is not an option of phold");
  }
  return a;
}

struct Result {
  std::uint64_t events = 0;
  std::uint64_t digest = 0;
  double seconds = 0.0;
};

template <class Run>
Result timed(Run run) {
  const auto begin = std::chrono::steady_clock::now();
  Result r = run();
  r.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return r;
}

Result run_windows(const Arguments& a) {
  using rackrate::engine::Simulator;
  bench::PholdModel model(a.phold);
  Simulator<bench::PholdModel::Payload> sim(bench::phold_names(a.phold), {.start = rackrate::core::SimTime{}, .window = rackrate::core::SimDuration{a.phold.lookahead_ms}, .shards = a.shards});
  bench::phold_start(a.phold, [&](std::uint32_t p, rackrate::core::SimTime at) { sim.post(p, at, 0, {}); });
  const auto executor = executor_for(a);
  return timed([&] {
    sim.run_until(model, rackrate::core::SimTime{rackrate::core::SimDuration{a.phold.end_ms}}, *executor);
    return Result{sim.statistics().events, model.digest(), 0.0};
  });
}

Result run_heap(const Arguments& a) {
  bench::PholdModel model(a.phold);
  bench::HeapEngine<bench::PholdModel::Payload> heap(bench::phold_names(a.phold), rackrate::core::SimDuration{a.phold.lookahead_ms}, std::size_t{a.phold.processes} * a.phold.events_per_process);
  bench::phold_start(a.phold, [&](std::uint32_t p, rackrate::core::SimTime at) { heap.post(p, at, 0, {}); });
  return timed([&] {
    const std::uint64_t events = heap.run_until(model, rackrate::core::SimTime{rackrate::core::SimDuration{a.phold.end_ms}});
    return Result{events, model.digest(), 0.0};
  });
}

}  // namespace

int main(int argc, char** argv) try {
  const Arguments a = parse(argc, argv);
  if (a.engine != "windows" && a.engine != "heap") throw std::invalid_argument("--engine is " + a.engine + "; expected windows or heap");
  const Result r = a.engine == "heap" ? run_heap(a) : run_windows(a);
  const double rate = static_cast<double>(r.events) / r.seconds;
  const char* format = a.json ? "{\"engine\": \"%s\", \"processes\": %u, \"events_per_process\": %u, \"threads\": %d, \"events\": %llu, "
                                "\"seconds\": %.4f, \"events_per_second\": %.0f, \"digest\": \"%016llx\"}\n"
                              : "%s: %u processes x %u, %d threads: %llu events in %.3f s, %.0f events/s, digest %016llx\n";
  std::printf(format, a.engine.c_str(), a.phold.processes, a.phold.events_per_process, a.threads, static_cast<unsigned long long>(r.events),
              r.seconds, rate, static_cast<unsigned long long>(r.digest));
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "phold: %s\n", e.what());
  return 2;
}
