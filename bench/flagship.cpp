// One replication of a scenario of the library on threads inside the replication: flagship --help.
#include <chrono>
#include <ctime>
#include <filesystem>

#include "bench/command_line.hpp"
#include "sim/record/fingerprint.hpp"
#include "sim/study/simulation.hpp"

namespace {

struct Arguments {
  std::string scenario = "openai-azure-amended";
  std::string enterprises = "10000";
  std::string until;
  std::uint64_t seed = 1;
  int threads = 1;
  bool json = false;
};

/// Of all threads of the process.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void run(const Arguments& a) {
  using namespace rackrate;
  const std::vector<std::filesystem::path> library{std::filesystem::path(RACKRATE_SOURCE_DIR) / "scenarios"};
  const auto scenario =
      scenario::Scenario::load(a.scenario, library).override_with({{"run.enterprises", a.enterprises}});
  const double cpu_began = cpu_seconds();
  study::Simulation simulation(scenario, a.seed, 0);
  core::SimTime until = scenario.parameters().run.end;
  if (!a.until.empty() && !core::parse_time(a.until, until))
    throw std::invalid_argument("--until is " + a.until + "; expected YYYY-MM-DD");
  engine::Profile profile;
  const auto began = std::chrono::steady_clock::now();
  simulation.run_until(until, a.threads, nullptr, &profile);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const record::RunSeries series = simulation.series();
  const double cpu = cpu_seconds() - cpu_began;
  const engine::Statistics statistics = simulation.world().statistics();
  const market::Population& population = simulation.world().enterprises();
  std::size_t workloads = 0;
  for (const market::EnterpriseId e : population.ids()) workloads += population[e].workloads;
  const auto each = [&population](std::size_t all) {
    return static_cast<double>(all) / static_cast<double>(population.size());
  };
  std::printf(
      a.json ? "{\"scenario\": \"%s\", \"enterprises\": %s, \"threads\": %d, \"events\": %llu, \"windows\": %llu, "
               "\"parallel_windows\": %llu, "
               "\"seconds\": %.4f, \"cpu_seconds\": %.4f, \"events_per_second\": %.0f, \"waiting_share\": %.4f, "
               "\"barrier_share\": %.4f, \"bytes_per_enterprise\": %.1f, \"workloads_per_enterprise\": %.3f, "
               "\"bytes_per_workload\": %zu, "
               "\"digest\": \"%s\"}\n"
             : "%s, %s enterprises, %d threads: %llu events in %llu windows, %llu of them shared; %.3f s, %.3f s of "
               "CPU time from the "
               "scenario to the results, %.0f events/s; "
               "waiting %.3f of the threads' time, barriers %.3f of all; an enterprise has %.1f bytes and %.3f "
               "workloads of %zu; fingerprint %s\n",
      a.scenario.c_str(), a.enterprises.c_str(), a.threads, static_cast<unsigned long long>(statistics.events),
      static_cast<unsigned long long>(statistics.windows), static_cast<unsigned long long>(statistics.parallel_windows),
      seconds, cpu, static_cast<double>(statistics.events) / seconds,
      profile.parallel_seconds > 0 ? profile.waiting_seconds / (profile.parallel_seconds * a.threads) : 0.0,
      profile.barrier_seconds / seconds, each(population.bytes()), each(workloads), sizeof(market::Workload),
      record::fingerprint(series).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Arguments a;
  CLI::App app{"One replication, its windows shared between threads", "flagship"};
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)->always_capture_default();
  app.add_option("--scenario", a.scenario, "of the library, or a path");
  app.add_option("--seed", a.seed, "of all random numbers");
  app.add_option("--enterprises", a.enterprises, "a positive whole number");
  app.add_option("--until", a.until, "a date; the scenario's end if left out");
  app.add_option("--threads", a.threads)->check(CLI::Range(1, 1024));
  app.add_flag("--json", a.json, "one JSON object instead of a line of text");
  return bench::run_program(app, argc, argv, [&] { run(a); });
}
