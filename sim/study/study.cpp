#include "sim/study/study.hpp"

#include <algorithm>
#include <iomanip>
#include <map>
#include <mutex>
#include <numeric>
#include <set>
#include <sstream>
#include <stdexcept>

#include "sim/core/error.hpp"
#include "sim/core/rounding.hpp"
#include "sim/study/comparable.hpp"
#include "sim/study/path_store.hpp"
#include "sim/study/simulation.hpp"

#ifndef RACKRATE_COMMIT
#define RACKRATE_COMMIT ""
#endif
#ifndef RACKRATE_BUILD_TYPE
#define RACKRATE_BUILD_TYPE "unknown"
#endif

namespace rackrate::study {
namespace {

/// Every run of a study is a task that is held in memory.
constexpr std::int64_t kMostReplications = 1'000'000;
constexpr std::int64_t kLastReplication = std::int64_t{1} << 53;  // the largest that every reader of the file can hold

/// A path is taken from an arm of the study that decides for itself.
void check_replays(const StudyOptions& options) {
  for (const auto& arm : options.arms)
    for (const auto& [what, source] :
         {std::pair{"prices", &arm.replay.prices}, std::pair{"investment", &arm.replay.investment}}) {
      if (source->empty()) continue;
      const auto found =
          std::find_if(options.arms.begin(), options.arms.end(), [&](const Arm& a) { return a.name == *source; });
      if (found == options.arms.end() || !found->replay.empty())
        throw core::mistake("replay." + arm.name + "." + what, "\"" + *source + "\"",
                            "the name of an arm that replays nothing itself", "Take the baseline.");
    }
}

void check_until(const StudyOptions& options) {
  const auto start = options.arms.front().scenario.parameters().run.start;
  if (options.until && *options.until <= start)
    throw core::mistake("until", core::to_string(*options.until),
                        "a date after " + core::to_string(start) + ", where the run starts",
                        "Leave it out to run to the end.");
}

void check_replications(record::Replications r) {
  if (r.count < 1)
    throw core::mistake("replications", std::to_string(r.count), "a whole number >= 1", "Use 1 for a single run.");
  if (r.count > kMostReplications)
    throw core::mistake("replications", std::to_string(r.count), "at most " + std::to_string(kMostReplications),
                        "Split the study.");
  if (r.first < 0 || r.first > kLastReplication)
    throw core::mistake("the first replication", std::to_string(r.first),
                        "a whole number from 0 to " + std::to_string(kLastReplication), "Use 0 for the first of all.");
}

void check(const StudyOptions& options) {
  if (options.arms.empty()) throw core::mistake("arms", "empty", "at least one scenario", "Name one.");
  check_replications(options.replications);
  if (options.threads < 0 || options.threads > kMostThreads)
    throw core::mistake("threads", std::to_string(options.threads),
                        "a whole number between 0 and " + std::to_string(kMostThreads),
                        "Use 0 for as many as there are processors.");
  std::set<std::string> names;
  for (const auto& arm : options.arms) {
    if (!names.insert(arm.name).second)
      throw core::mistake("arms." + arm.name, "there twice", "a name for each arm", "Rename one.");
    check_comparable(arm, options.arms.front());
  }
  if (!names.contains(options.baseline))
    throw core::mistake("baseline", "\"" + options.baseline + "\"", "the name of an arm", "Take one of the arms.");
  check_until(options);
  check_replays(options);
}

std::string in_words(core::SimDuration window) {
  const auto text = [](double number) {
    std::ostringstream out;
    out << std::setprecision(10) << number;
    return out.str();
  };
  return window >= core::kDay && window % core::kDay == core::SimDuration{0} ? text(core::in_days(window)) + " d"
                                                                             : text(core::in_hours(window)) + " h";
}

/// What the workers of one study share. Runs are handed out in order of replication, then arm.
class Work {
 public:
  Work(const StudyOptions& options, record::RunOutput& output, const std::function<void(const Progress&)>& progress)
      : options_(options), output_(output), progress_(progress) {
    const std::set<record::RunId> done(output.done().begin(), output.done().end());
    for (std::int64_t r = options.replications.first; r < options.replications.end(); ++r)
      for (std::size_t a = 0; a < options.arms.size(); ++a)
        if (!done.contains({options.arms[a].name, r})) {
          tasks_.push_back({a, r});
          ++open_[r];
        }
    total_ = static_cast<std::int64_t>(options.arms.size()) * options.replications.count;
    finished_ = total_ - static_cast<std::int64_t>(tasks_.size());
    is_source_.assign(options.arms.size(), 0);
    for (const auto& arm : options.arms)
      for (const auto* source : {&arm.replay.prices, &arm.replay.investment})
        if (!source->empty()) is_source_[index_of(*source)] = 1;
    for (const auto& arm : options.arms)
      regimes_.push_back(tasks_.empty()
                             ? nullptr
                             : std::make_shared<const market::Regime>(market::build_regime(arm.scenario.parameters())));
  }

  [[nodiscard]] std::size_t tasks() const { return tasks_.size(); }
  /// Throws: std::logic_error when a run was neither done nor stopped.
  void check_whole() {
    if (now().done != total_)
      throw std::logic_error("run_study: " + std::to_string(now().done) + " of " + std::to_string(total_) +
                             " runs were done");
  }

  /// Takes runs until none is left or the study is stopped.
  void work(int threads_inside, const std::atomic<bool>& stop) {
    const core::DefaultArithmetic arithmetic;
    while (!stop && !failed_) {
      const std::size_t next = next_.fetch_add(1);
      if (next >= tasks_.size()) return;
      const auto [arm, replication] = tasks_[next];
      try {
        run(arm, replication, threads_inside, stop);
      } catch (const core::Interrupted&) {
        return;
      } catch (...) {
        failed_ = true;
        throw;
      }
    }
  }

 private:
  Simulation simulate(std::size_t arm, std::int64_t replication, int threads, const std::atomic<bool>& stop) {
    const auto& from = options_.arms[arm].replay;
    Simulation simulation(
        regimes_[arm], options_.arms[arm].name, options_.seed, static_cast<std::uint64_t>(replication),
        {path(from.prices, replication, threads, stop), path(from.investment, replication, threads, stop)});
    const auto end = options_.arms[arm].scenario.parameters().run.end;
    if (options_.until) simulation.end_at(*options_.until);
    simulation.run_until(options_.until ? std::min(*options_.until, end) : end, threads, &stop);
    return simulation;
  }

  /// The path of an arm that others replay; run again for it where a resumed file has only its results.
  PathStore::Path path(const std::string& name, std::int64_t replication, int threads, const std::atomic<bool>& stop) {
    if (name.empty()) return nullptr;
    const auto source = index_of(name);
    return paths_.get({source, replication}, [&] { return simulate(source, replication, threads, stop).decisions(); });
  }

  void run(std::size_t arm, std::int64_t replication, int threads, const std::atomic<bool>& stop) {
    if (!is_source_[arm]) {
      collect(simulate(arm, replication, threads, stop).series());
      return;
    }
    std::optional<record::RunSeries> series;
    static_cast<void>(paths_.get({arm, replication}, [&] {
      const Simulation simulation = simulate(arm, replication, threads, stop);
      series = simulation.series();
      return simulation.decisions();
    }));
    collect(series ? std::move(*series)
                   : simulate(arm, replication, threads, stop).series());  // a replaying arm was first
  }

  [[nodiscard]] std::size_t index_of(const std::string& name) const {
    const auto found =
        std::find_if(options_.arms.begin(), options_.arms.end(), [&](const Arm& a) { return a.name == name; });
    return static_cast<std::size_t>(found - options_.arms.begin());
  }

  void collect(record::RunSeries series) {
    std::vector<record::RunSeries> batch;
    {
      const std::lock_guard lock(mutex_);
      const auto replication = series.replication;
      auto& waiting = waiting_[replication];
      waiting.push_back(std::move(series));
      if (static_cast<int>(waiting.size()) == open_[replication]) {
        batch = std::move(waiting);
        waiting_.erase(replication);
      }
    }
    if (batch.empty()) return;
    std::sort(batch.begin(), batch.end(), [](const auto& a, const auto& b) { return a.arm < b.arm; });
    output_.add(batch);
    {
      const std::lock_guard lock(mutex_);
      finished_ += static_cast<std::int64_t>(batch.size());  // not before the output has them (P9)
    }
    if (progress_) {
      const std::lock_guard lock(
          progress_mutex_);  // counted inside, so that a thread that waited here reports no older number
      progress_(now());
    }
  }

  [[nodiscard]] Progress now() {
    const std::lock_guard lock(mutex_);
    return {finished_, total_};
  }

  const StudyOptions& options_;
  record::RunOutput& output_;
  const std::function<void(const Progress&)>& progress_;
  std::vector<std::shared_ptr<const market::Regime>> regimes_;
  std::vector<std::pair<std::size_t, std::int64_t>> tasks_;
  std::vector<char> is_source_;  ///< [arm] 1 when another arm replays its path
  PathStore paths_;
  std::map<std::int64_t, int> open_;
  std::map<std::int64_t, std::vector<record::RunSeries>> waiting_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::int64_t finished_ = 0, total_ = 0;
  std::mutex mutex_, progress_mutex_;
};

}  // namespace

record::Provenance provenance_of(const StudyOptions& options) {
  record::Provenance p;
  p.program_version = RACKRATE_VERSION;
  p.commit = RACKRATE_COMMIT;
  p.build_type = RACKRATE_BUILD_TYPE;
  p.seed = options.seed;
  p.lookahead = in_words(options.arms.front().scenario.parameters().run.window);
  p.baseline = options.baseline;
  p.design = options.design;
  p.until = options.until;
  return p;
}

record::Arm arm_of(const Arm& arm) {
  const auto& p = arm.scenario.parameters();
  return {arm.name,
          arm.scenario.to_toml(),
          arm.scenario.digest(),
          p.run.discount_rate,
          core::to_string(p.run.valuation_date),
          record::axes_of(p),
          arm.replay.prices,
          arm.replay.investment,
          arm.interventions};
}

namespace {

std::vector<record::Arm> arms_of(const StudyOptions& options) {
  std::vector<record::Arm> arms;
  for (const auto& arm : options.arms) arms.push_back(arm_of(arm));
  return arms;
}

/// Returns false when it was stopped before the end.
bool run_all(const StudyOptions& options, record::RunOutput& output, const std::atomic<bool>& stop,
             const std::function<void(const Progress&)>& progress) {
  Work work(options, output, progress);
  const int threads = options.threads > 0 ? options.threads : engine::usable_processors();
  const auto workers = std::min<std::size_t>(static_cast<std::size_t>(threads), work.tasks());
  if (workers == 1) {
    work.work(threads, stop);
  } else if (workers > 1) {
    const auto executor = engine::make_thread_executor(static_cast<int>(workers));
    executor->for_each(workers, [&](std::size_t) { work.work(1, stop); });
  }
  if (stop) return false;
  work.check_whole();
  return true;
}

}  // namespace

bool run_study(const StudyOptions& options, const std::atomic<bool>& stop,
               const std::function<void(const Progress&)>& progress) {
  const core::DefaultArithmetic arithmetic;
  check(options);
  record::StudyOutput output(options.out, options.mode, provenance_of(options), arms_of(options), options.replications);
  if (!run_all(options, output, stop, progress)) return false;
  output.finish();
  return true;
}

std::unique_ptr<record::ResultArrays> collect_study(const StudyOptions& options, const std::atomic<bool>& stop,
                                                    const std::function<void(const Progress&)>& progress) {
  const core::DefaultArithmetic arithmetic;
  check(options);
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(options.replications.count));
  std::iota(numbers.begin(), numbers.end(), options.replications.first);
  auto arrays = std::make_unique<record::ResultArrays>(provenance_of(options), arms_of(options), std::move(numbers));
  if (!run_all(options, *arrays, stop, progress)) return nullptr;
  return arrays;
}

}  // namespace rackrate::study
