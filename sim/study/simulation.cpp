#include "sim/study/simulation.hpp"

#include <new>
#include <optional>
#include <stdexcept>

#include "sim/core/error.hpp"
#include "sim/core/rounding.hpp"
#include "sim/record/fingerprint.hpp"

namespace rackrate::study {
namespace {

/// Runs `work` and adds the run and the date to an error; a user's mistake passes through unchanged.
template <class Where, class Work>
void say_where(const Where& where, const Work& work) {
  const core::DefaultArithmetic arithmetic;
  try {
    work();
  } catch (const core::ScenarioError&) {
    throw;
  } catch (const core::CausalityError&) {
    throw;
  } catch (const core::ResultFileError&) {
    throw;
  } catch (const core::Interrupted&) {
    throw;
  } catch (const std::logic_error& error) {  // LedgerError and what kernels refuse
    throw core::LedgerError(where() + ": " + error.what());
  } catch (const std::runtime_error& error) {
    throw core::LedgerError(where() + ": " + error.what());
  } catch (const std::bad_alloc&) {
    throw core::LedgerError(where() + ": there is not enough memory; lower run.enterprises or the number of threads");
  }
}

std::string name_of(const std::string& arm, std::uint64_t replication) {
  return arm + ", replication " + std::to_string(replication);
}

market::World first_world(const std::string& arm, const std::shared_ptr<const market::Regime>& regime,
                          std::uint64_t seed, std::uint64_t replication, market::Replay replay) {
  std::optional<market::World> world;
  say_where([&] { return name_of(arm, replication); },
            [&] { world.emplace(regime, seed, replication, std::move(replay)); });
  return std::move(*world);
}

/// Discount factors are taken here, so the host's rounding mode must not show.
record::MonthlyRecorder first_recorder(const market::Parameters& parameters) {
  const core::DefaultArithmetic arithmetic;
  return record::MonthlyRecorder(parameters);
}

}  // namespace

std::shared_ptr<const market::Regime> regime_of(const scenario::Scenario& scenario) {
  std::shared_ptr<const market::Regime> regime;
  say_where([&] { return scenario.name(); },
            [&] { regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters())); });
  return regime;
}

Simulation::Simulation(const scenario::Scenario& scenario, std::uint64_t seed, std::uint64_t replication,
                       market::Replay replay)
    : Simulation(regime_of(scenario), scenario.name(), seed, replication, std::move(replay)) {}

Simulation::Simulation(std::shared_ptr<const market::Regime> regime, std::string arm, std::uint64_t seed,
                       std::uint64_t replication, market::Replay replay)
    : arm_(std::move(arm)),
      seed_(seed),
      replication_(replication),
      world_(first_world(arm_, regime, seed, replication, std::move(replay))),
      recorder_(first_recorder(regime->compiled.parameters)) {}

void Simulation::run_until(core::SimTime until, int threads, const std::atomic<bool>* stop, engine::Profile* profile) {
  if (until < world_.now()) {
    throw core::mistake("until", core::to_string(until),
                        "a date not before " + core::to_string(world_.now()) + ", where this simulation stands",
                        "Begin a new one to see the past.");
  }
  if (threads < 0 || threads > kMostThreads) {
    throw core::mistake("threads", std::to_string(threads),
                        "a whole number between 0 and " + std::to_string(kMostThreads),
                        "Use 0 for as many as there are processors.");
  }
  say_where([&] { return name_of(arm_, replication_) + ", " + core::to_string(world_.now()); },
            [&] {
              const auto executor = threads == 1 ? engine::make_serial_executor() : engine::make_tbb_executor(threads);
              world_.run_until(until, *executor, &recorder_, stop, profile);
            });
}

void Simulation::continue_as(std::string arm, const std::shared_ptr<const market::Regime>& regime,
                             market::Replay replay) {
  const core::DefaultArithmetic arithmetic;
  market::check_replay(replay, regime->compiled.parameters.vocabulary, seed_, replication_);
  arm_ = std::move(arm);
  recorder_.on_money_labels(regime->compiled.money_labels.rows());
  world_.continue_as(regime, std::move(replay));
}

void Simulation::run(int threads, const std::atomic<bool>* stop) {
  run_until(world_.regime().compiled.parameters.run.end, threads, stop);
}

record::RunSeries Simulation::series() const {
  const core::DefaultArithmetic arithmetic;
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

std::string Simulation::fingerprint() const {
  const core::DefaultArithmetic arithmetic;
  return record::fingerprint(series());
}

}  // namespace rackrate::study
