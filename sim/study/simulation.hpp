#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "sim/market/world/world.hpp"
#include "sim/record/monthly_recorder.hpp"
#include "sim/scenario/scenario.hpp"

namespace rackrate::study {

/// More threads would only wait for each other, and the system may refuse the memory for their stacks.
inline constexpr int kMostThreads = 1024;

/// A scenario compiled for its runs: replications share it. Throws: ScenarioError when the contracts are invalid.
[[nodiscard]] std::shared_ptr<const market::Regime> regime_of(const scenario::Scenario& scenario);

/// One replication of a scenario with its recorder, advanced by the caller. A value: a copy is a fork with
/// the same past, bit for bit.
class Simulation {
 public:
  /// `replay`: prices or investment taken from the path of another arm instead of being decided.
  /// Throws: ScenarioError when the contracts are invalid, or a path is of another random world.
  Simulation(const scenario::Scenario& scenario, std::uint64_t seed, std::uint64_t replication,
             market::Replay replay = {});
  Simulation(std::shared_ptr<const market::Regime> regime, std::string arm, std::uint64_t seed,
             std::uint64_t replication, market::Replay replay = {});

  /// Processes every event with time < until, at most to the scenario's end. Threads: 1 runs serially; more
  /// share the windows of this one replication, with the same result.
  /// `profile`: receives the breakdown of wall-clock time.
  /// Throws: LedgerError when the books do not close or a kernel cannot go on, with the arm, the replication and the
  /// date; Interrupted when `stop` is set; ScenarioError when `until` lies in the past.
  void run_until(core::SimTime until, int threads = 1, const std::atomic<bool>* stop = nullptr,
                 engine::Profile* profile = nullptr);
  /// Ends the run at `until` instead of at run.end: the window that contains it is cut there. Call this before running;
  /// run_until() alone stops on the way, with the window that contains the stop booked whole.
  void end_at(core::SimTime until) { world_.end_at(until); }
  /// The exclusive end of what is in the books, and so of every series.
  [[nodiscard]] core::SimTime booked_until() const { return world_.booked_until(); }
  void run(int threads = 1, const std::atomic<bool>* stop = nullptr);

  /// Continues under the contracts of a scenario that was amended for this run (Scenario::amended and its like, at
  /// next_boundary()). Throws: ScenarioError; the simulation is then as it was.
  void continue_under(const scenario::Scenario& amended) { world_.continue_under(amended.parameters(), &recorder_); }
  /// Continues as another arm of the same replication, whose past is the same until now (first_difference.hpp).
  /// `regime`: of this replication (market::regime_of_replication).
  /// Precondition: now() is next_boundary(), and !contracts_have_changed().
  /// Throws: ScenarioError when a path to replay is of another random world.
  void continue_as(std::string arm, const std::shared_ptr<const market::Regime>& regime, market::Replay replay);
  [[nodiscard]] bool contracts_have_changed() const { return world_.contracts_have_changed(); }
  [[nodiscard]] core::SimTime next_boundary() const { return world_.next_boundary(); }

  [[nodiscard]] core::SimTime now() const { return world_.now(); }
  [[nodiscard]] const market::World& world() const { return world_; }
  [[nodiscard]] market::World& world() { return world_; }
  [[nodiscard]] record::RunSeries series() const;
  /// The decisions of clouds and labs on prices and investment so far, for another arm to replay.
  [[nodiscard]] market::DecisionPath decisions() const;
  /// Digest of everything recorded so far.
  [[nodiscard]] std::string fingerprint() const;

 private:
  std::string arm_;
  std::uint64_t seed_ = 0, replication_ = 0;
  market::World world_;
  record::MonthlyRecorder recorder_;
};

}  // namespace rackrate::study
