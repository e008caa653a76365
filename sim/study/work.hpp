#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sim/study/path_store.hpp"
#include "sim/study/shared_past.hpp"
#include "sim/study/study.hpp"

namespace rackrate::study {

/// What the workers of one study share: the runs to do, and what they need of each other.
///
/// Replications begin in order. A run that leaves another arm's run is ready once that one has come to the date; ready
/// runs go before new replications, so that few forks wait in memory. A replication's series are handed to the output
/// together.
class Work {
 public:
  Work(const StudyOptions& options, record::RunOutput& output, const std::function<void(const Progress&)>& progress);

  [[nodiscard]] std::size_t runs() const { return static_cast<std::size_t>(total_ - finished_); }
  /// Takes runs until none is left or the study is stopped. Waits where others still have to come to a fork.
  void work(int threads_inside, const std::atomic<bool>& stop);
  /// Throws: std::logic_error when a run was neither done nor stopped.
  void check_whole();

 private:
  /// One replication: the regimes of its arms, and where the runs that are left begin. The same for all its runs.
  struct Replication {
    std::int64_t number = 0;
    std::vector<std::size_t> open;  ///< the arms to run, ascending
    std::vector<std::shared_ptr<const market::Regime>> regimes;
    std::vector<Beginning> beginnings;
  };
  struct Task {
    std::shared_ptr<const Replication> replication;
    std::size_t arm = 0;
    std::shared_ptr<Stem> stem;  ///< null: from the first day
  };
  struct Run {
    int threads = 1;
    const std::atomic<bool>& stop;
  };
  /// Counts a worker that may still bring forth runs, and wakes those who wait for them.
  class Busy;

  void find_runs();
  void compile_arms();
  [[nodiscard]] std::optional<Task> next(const std::atomic<bool>& stop);
  void begin_next_replication(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] std::shared_ptr<const Replication> planned(std::int64_t number, std::vector<std::size_t> open) const;
  [[nodiscard]] core::SimTime difference(const std::vector<std::shared_ptr<const market::Regime>>& regimes,
                                         std::size_t a, std::size_t b) const;

  void run(const Task& task, const Run& how);
  [[nodiscard]] Simulation simulate(const Task& task, const Run& how);
  [[nodiscard]] Simulation first_day(std::shared_ptr<const market::Regime> regime, std::size_t arm, std::int64_t number,
                                     const Run& how);
  [[nodiscard]] Simulation begin(const Task& task, const Run& how);
  void offer_forks(const Task& task, core::SimTime date, const Simulation& simulation);
  void make_ready(std::vector<Task> tasks);
  [[nodiscard]] market::Replay replay(std::size_t arm, std::int64_t number, const Run& how);
  [[nodiscard]] PathStore::Path path(const std::string& name, std::int64_t number, const Run& how);
  [[nodiscard]] std::size_t index_of(const std::string& name) const;
  [[nodiscard]] core::SimTime end() const;

  void collect(record::RunSeries series);
  [[nodiscard]] Progress now();

  const StudyOptions& options_;
  record::RunOutput& output_;
  const std::function<void(const Progress&)>& progress_;
  std::vector<std::shared_ptr<const market::Regime>> regimes_;  ///< [arm] nothing drawn yet
  std::vector<std::string> outside_;                            ///< [arm] digest of all but the contracts
  bool drawn_ = false;                                          ///< some arm's regime differs by replication
  std::vector<core::SimTime> differences_;                      ///< [arm, arm] where nothing is drawn
  std::vector<char> is_source_;                                 ///< [arm] 1 when another arm replays its path
  PathStore paths_;

  std::mutex mutex_, progress_mutex_;
  std::condition_variable changed_;
  std::map<std::int64_t, std::vector<std::size_t>> to_begin_;  ///< arms to run, by replication
  std::deque<Task> ready_;
  int busy_ = 0;
  std::map<std::int64_t, std::size_t> open_;  ///< runs of a replication that this study does
  std::map<std::int64_t, std::vector<record::RunSeries>> waiting_;
  std::atomic<bool> failed_{false};
  std::int64_t finished_ = 0, total_ = 0;
};

}  // namespace rackrate::study
