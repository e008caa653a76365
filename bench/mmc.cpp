// M/M/c on the engine, or on a std::priority_queue of the same events: mmc --help. The simulated mean wait
// stands beside Erlang's formula, so that nobody is fast by doing less.
#include "bench/command_line.hpp"
#include "bench/heap_engine.hpp"
#include "bench/mmc_model.hpp"
#include "sim/engine/simulator.hpp"

namespace {

using rackrate::core::SimDuration;
using rackrate::core::SimTime;

struct Arguments {
  bench::Common common;
  bench::MmcParameters mmc;
  double window = 1.0;
};

void declare(CLI::App& app, Arguments& a) {
  a.common.add_to(app);
  app.add_option("--servers", a.mmc.servers, "c")->check(CLI::Range(1u, 10'000u));
  app.add_option("--load", a.mmc.load, "rho, arrivals over what all servers can serve")->check(CLI::Range(0.01, 0.999));
  app.add_option("--customers", a.mmc.customers)->check(CLI::Range(100u, 2'000'000'000u));
  app.add_option("--window", a.window, "in mean service times")->check(CLI::Range(1e-3, 1e6));
}

/// The first half of the arrivals, and all of them and the last departure.
bench::Course course_of(const Arguments& a) {
  const double last_arrival =
      static_cast<double>(a.mmc.customers) / (a.mmc.servers * a.mmc.load) * bench::kTicksPerUnit;
  const auto at = [&](double share) { return SimTime{SimDuration{static_cast<std::int64_t>(share * last_arrival)}}; };
  return {SimTime{}, at(0.5), at(2.0)};
}

bench::Measured run_windows(const Arguments& a, bench::MmcModel& model) {
  rackrate::engine::Simulator<bench::MmcModel::Payload> sim(
      {"station"}, {.window = SimDuration{static_cast<std::int64_t>(a.window * bench::kTicksPerUnit)}, .shards = 1});
  sim.post(0, SimTime{}, bench::MmcModel::kArrival, {});
  const auto executor = rackrate::engine::make_serial_executor();
  return bench::measure(course_of(a), [&](SimTime until) {
    sim.run_until(model, until, *executor);
    return sim.statistics().events;
  });
}

bench::Measured run_heap(const Arguments& a, bench::MmcModel& model) {
  bench::HeapEngine<bench::MmcModel::Payload> heap({"station"}, a.mmc.servers + 1);
  heap.post(0, SimTime{}, bench::MmcModel::kArrival, {});
  return bench::measure(course_of(a), [&](SimTime until) { return heap.run_until(model, until); });
}

void run(const Arguments& a) {
  bench::MmcModel model(a.mmc);
  const bench::Measured m = a.common.engine == "heap" ? run_heap(a, model) : run_windows(a, model);
  std::printf(
      a.common.json
          ? "{\"servers\": %u, \"load\": %g, \"customers\": %llu, \"customers_per_second\": %.0f, \"wait\": %.6f, "
            "\"standard_error\": %.6f, \"erlang_c\": %.9f, "
          : "c = %u, rho = %g, %llu customers, %.0f a second, wait %.4f (standard error %.4f; Erlang %.4f); ",
      a.mmc.servers, a.mmc.load, static_cast<unsigned long long>(model.served()),
      static_cast<double>(model.served()) / m.seconds, model.mean_wait(), model.standard_error(),
      bench::erlang_c_wait(a.mmc.servers, a.mmc.load));
  bench::print_end(a.common, m, model.digest());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("M/M/c: one queue, c servers", "mmc");
  Arguments a;
  declare(app, a);
  return bench::run_program(app, argc, argv, [&] { run(a); });
}
