// The hold model on the engine, or on a std::priority_queue of the same events: hold --help.
#include <algorithm>

#include "bench/command_line.hpp"
#include "bench/heap_engine.hpp"
#include "bench/hold_model.hpp"
#include "sim/engine/simulator.hpp"

namespace {

using rackrate::core::SimDuration;
using rackrate::core::SimTime;

struct Arguments {
  bench::Common common;
  std::uint64_t pending = 1'000'000;
  std::string increment = "exponential";
  std::uint64_t holds = 2'000'000;
  std::uint64_t warm_up = 500'000;
  double events_per_window = 0.0;
};

void declare(CLI::App& app, Arguments& a) {
  a.common.add_to(app);
  app.add_option("--pending", a.pending, "events pending at any time")->check(CLI::Range(1u, 100'000'000u));
  app.add_option("--increment", a.increment)->check(CLI::IsMember({"exponential", "uniform", "bimodal", "equal"}));
  app.add_option("--holds", a.holds, "timed, about")->check(CLI::Range(1u, 2'000'000'000u));
  app.add_option("--warm-up", a.warm_up, "holds before these")->check(CLI::Range(0u, 2'000'000'000u));
  app.add_option("--events-per-window", a.events_per_window,
                 "0 for 64, or more where delays are very long against that")
      ->check(CLI::Range(0.0, 1e9));
}

/// The rule for the window: as long as 64 events take, and at least a 65,536th of the longest delay that is
/// not rare, so that an event is moved once at most on its way through the engine's tiers. Shorter windows
/// cost their opening, longer ones the ordering of their events; between 32 and 256 events it hardly matters.
double events_per_window(const Arguments& a, const bench::HoldModel& model) {
  if (a.events_per_window > 0.0) return a.events_per_window;
  return std::max(64.0, model.longest() * static_cast<double>(a.pending) / 65'536.0);
}

bench::Course course_of(const Arguments& a) {
  const auto after = [](std::uint64_t holds) {
    return SimTime{SimDuration{static_cast<std::int64_t>(holds) * bench::HoldModel::kSpacing}};
  };
  return {after(a.warm_up), after(a.warm_up + a.holds / 2), after(a.warm_up + a.holds)};
}

bench::Measured run_windows(const Arguments& a, bench::HoldModel& model) {
  const auto window =
      static_cast<std::int64_t>(events_per_window(a, model) * static_cast<double>(bench::HoldModel::kSpacing));
  rackrate::engine::Simulator<bench::HoldModel::Payload> sim(
      {"hold"}, {.window = SimDuration{window > 0 ? window : 1}, .shards = 1});
  for (std::uint64_t k = 0; k < a.pending; ++k) sim.post(0, model.first(k), 0, {});
  const auto executor = rackrate::engine::make_serial_executor();
  return bench::measure(course_of(a), [&](SimTime until) {
    sim.run_until(model, until, *executor);
    return sim.statistics().events;
  });
}

bench::Measured run_heap(const Arguments& a, bench::HoldModel& model) {
  bench::HeapEngine<bench::HoldModel::Payload> heap({"hold"}, a.pending);
  for (std::uint64_t k = 0; k < a.pending; ++k) heap.post(0, model.first(k), 0, {});
  return bench::measure(course_of(a), [&](SimTime until) { return heap.run_until(model, until); });
}

void run(const Arguments& a) {
  bench::HoldModel model(a.pending, bench::increment_from(a.increment));
  const bench::Measured m = a.common.engine == "heap" ? run_heap(a, model) : run_windows(a, model);
  std::printf(a.common.json ? "{\"pending\": %llu, \"increment\": \"%s\", \"events_per_window\": %g, "
                            : "%llu pending, %s increments, %g events per window; ",
              static_cast<unsigned long long>(a.pending), a.increment.c_str(), events_per_window(a, model));
  bench::print_end(a.common, m, model.digest());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The hold model (Jones 1986): each event handled schedules one successor", "hold");
  Arguments a;
  declare(app, a);
  return bench::run_program(app, argc, argv, [&] { run(a); });
}
