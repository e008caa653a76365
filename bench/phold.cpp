// PHOLD on the engine, or on a std::priority_queue of the same events: phold --help.
//
// Times are in units of 10^6 clock ticks, so fractions mean something. Both engines handle the same events
// in the same order per process and print the same digest.
#include "bench/command_line.hpp"
#include "bench/heap_engine.hpp"
#include "bench/phold_model.hpp"
#include "sim/engine/simulator.hpp"

namespace {

struct Arguments {
  bench::Common common;
  bench::PholdParameters phold;
  double end = 100.0;
  double warm_up = 0.0;
  int threads = 1;
  std::uint32_t shards = 16;
  std::string executor = "tbb";
};

void declare(CLI::App& app, Arguments& a) {
  a.common.add_to(app);
  app.add_option("--processes", a.phold.processes, "N")->check(CLI::Range(1u, 1u << 31));
  app.add_option("--events-per-process", a.phold.events_per_process, "M, pending at any time")
      ->check(CLI::Range(1u, 1u << 20));
  app.add_option("--remote", a.phold.remote, "probability that a successor goes to a process chosen at random")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--lookahead", a.phold.lookahead, "L, the least delay and the window, in units")
      ->check(CLI::Range(1e-6, 1e6));
  app.add_option("--mean-delay", a.phold.mean_delay, "D: a delay is L + Exp(D)")->check(CLI::Range(0.0, 1e6));
  app.add_option("--end", a.end, "E: events before it are handled")->check(CLI::Range(0.0, 1e9));
  app.add_option("--warm-up", a.warm_up, "events before it are handled and counted, but not timed")
      ->check(CLI::Range(0.0, 1e9));
  app.add_option("--threads", a.threads, "0 for as many as this process may use")->check(CLI::Range(0, 1024));
  app.add_flag("!--no-prefetch", a.phold.prefetch, "do not ask memory for states ahead, as the heap cannot");
  app.add_option("--shards", a.shards, "groups of processes for execution");
  app.add_option("--executor", a.executor, "of more than one thread")
      ->check(CLI::IsMember({"tbb", "threads", "serial"}));
}

/// Whole windows, so that the pauses of the measurement cut none in two.
bench::Course course_of(const Arguments& a) {
  const auto whole = [&](double units) {
    return bench::instant(0) + bench::ticks(units) / bench::ticks(a.phold.lookahead) * bench::ticks(a.phold.lookahead);
  };
  return {whole(a.warm_up), whole((a.warm_up + a.end) / 2), bench::instant(a.end)};
}

bench::Measured run_windows(const Arguments& a, bench::PholdModel& model, std::uint64_t& shared_windows) {
  rackrate::engine::Simulator<bench::PholdModel::Payload> sim(
      bench::phold_names(a.phold), {.window = bench::ticks(a.phold.lookahead), .shards = a.shards});
  bench::phold_start(a.phold, [&](std::uint32_t p, rackrate::core::SimTime at) { sim.post(p, at, 0, {}); });
  const auto executor = bench::executor_for(a.executor, a.threads);
  return bench::measure(course_of(a), [&](rackrate::core::SimTime until) {
    sim.run_until(model, until, *executor);
    shared_windows = sim.statistics().parallel_windows;
    return sim.statistics().events;
  });
}

bench::Measured run_heap(const Arguments& a, bench::PholdModel& model) {
  const std::size_t pending = std::size_t{a.phold.processes} * a.phold.events_per_process;
  bench::HeapEngine<bench::PholdModel::Payload> heap(bench::phold_names(a.phold), pending);
  bench::phold_start(a.phold, [&](std::uint32_t p, rackrate::core::SimTime at) { heap.post(p, at, 0, {}); });
  return bench::measure(course_of(a), [&](rackrate::core::SimTime until) { return heap.run_until(model, until); });
}

void run(const Arguments& a) {
  if (a.warm_up >= a.end) throw std::invalid_argument("--warm-up must be before --end");
  bench::PholdModel model(a.phold);
  std::uint64_t shared_windows = 0;
  const bench::Measured m = a.common.engine == "heap" ? run_heap(a, model) : run_windows(a, model, shared_windows);
  const double expected =
      double{a.end} * a.phold.processes * a.phold.events_per_process / (a.phold.lookahead + a.phold.mean_delay);
  std::printf(a.common.json ? "{\"processes\": %u, \"events_per_process\": %u, \"threads\": %d, \"parallel_windows\": "
                              "%llu, \"expected_events\": %.0f, "
                            : "%u processes x %u, %d threads that shared %llu windows, %.0f events expected; ",
              a.phold.processes, a.phold.events_per_process, a.threads, static_cast<unsigned long long>(shared_windows),
              expected);
  bench::print_end(a.common, m, model.digest());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("PHOLD: each event sends one successor after L + Exp(D)", "phold");
  Arguments a;
  declare(app, a);
  return bench::run_program(app, argc, argv, [&] { run(a); });
}
