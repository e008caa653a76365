#include "sim/study/simulation.hpp"

#include "sim/record/fingerprint.hpp"

namespace rackrate::study {

Simulation::Simulation(const scenario::Scenario& scenario, std::uint64_t seed, std::uint64_t replication, market::Replay replay)
    : Simulation(std::make_shared<const market::Stage>(market::build_stage(scenario.parameters())), scenario.name(), seed, replication, std::move(replay)) {}

Simulation::Simulation(std::shared_ptr<const market::Stage> stage, std::string arm, std::uint64_t seed, std::uint64_t replication, market::Replay replay)
    : arm_(std::move(arm)), seed_(seed), replication_(replication), world_(stage, seed, replication, std::move(replay)), recorder_(stage->setting.parameters) {}

void Simulation::run_until(core::SimTime until, int threads, const std::atomic<bool>* stop, engine::Profile* profile) {
  if (until < world_.now()) {
    core::Mistake mistake;
    mistake.where.key = "until";
    mistake.got = core::to_string(until);
    mistake.expected = "a date not before " + core::to_string(world_.now()) + ", where this simulation stands";
    mistake.remedy = "Begin a new one to see the past.";
    throw core::ScenarioError(mistake);
  }
  const auto executor = threads == 1 ? engine::make_serial_executor() : engine::make_tbb_executor(threads);
  world_.run_until(until, *executor, &recorder_, stop, profile);
}

void Simulation::run(int threads, const std::atomic<bool>* stop) { run_until(world_.stage().setting.parameters.run.end, threads, stop); }

record::RunSeries Simulation::series() const {
  record::RunSeries series = recorder_.series(arm_, static_cast<std::int64_t>(replication_));
  series.end = world_.booked_until();
  return series;
}

market::DecisionPath Simulation::decisions() const {
  market::DecisionPath path = recorder_.decisions();
  path.seed = seed_;
  path.replication = replication_;
  return path;
}

std::string Simulation::fingerprint() const { return record::fingerprint(series()); }

}  // namespace rackrate::study
