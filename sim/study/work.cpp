#include "sim/study/work.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/core/rounding.hpp"
#include "sim/market/contracts/rollouts.hpp"
#include "sim/market/regime/regime_change.hpp"
#include "sim/study/first_difference.hpp"
#include "sim/study/terms.hpp"

namespace rackrate::study {

/// Precondition of the constructor and of the destructor: the caller does not hold the mutex.
class Work::Busy {
 public:
  explicit Busy(Work& work) : work_(work) {}
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() {
    const std::lock_guard lock(work_.mutex_);
    --work_.busy_;
    work_.changed_.notify_all();
  }

 private:
  Work& work_;
};

Work::Work(const StudyOptions& options, record::RunOutput& output, const std::function<void(const Progress&)>& progress)
    : options_(options), output_(output), progress_(progress) {
  find_runs();
  is_source_.assign(options.arms.size(), 0);
  for (const auto& arm : options.arms)
    for (const auto* source : {&arm.replay.prices, &arm.replay.investment})
      if (!source->empty()) is_source_[index_of(*source)] = 1;
  if (!to_begin_.empty()) compile_arms();
}

void Work::find_runs() {
  const std::set<record::RunId> done(output_.done().begin(), output_.done().end());
  total_ = static_cast<std::int64_t>(options_.arms.size()) * options_.replications.count;
  finished_ = total_;
  for (std::int64_t r = options_.replications.first; r < options_.replications.end(); ++r)
    for (std::size_t a = 0; a < options_.arms.size(); ++a)
      if (!done.contains({options_.arms[a].name, r})) {
        to_begin_[r].push_back(a);
        ++open_[r];
        --finished_;
      }
}

void Work::compile_arms() {
  const std::size_t arms = options_.arms.size();
  for (const auto& arm : options_.arms) {
    regimes_.push_back(std::make_shared<const market::Regime>(market::build_regime(arm.scenario.parameters())));
    outside_.push_back(outside_contracts_digest(arm.scenario));
    drawn_ = drawn_ || market::contracts::has_drawn_rollouts(arm.scenario.parameters().contracts);
  }
  if (drawn_ || !options_.share_past) return;
  std::vector<core::SimTime> differences(arms * arms, core::kNever);
  for (std::size_t a = 0; a < arms; ++a)
    for (std::size_t b = 0; b < a; ++b)
      differences[a * arms + b] = differences[b * arms + a] = difference(regimes_, a, b);
  differences_ = std::move(differences);
}

void Work::check_whole() {
  if (now().done != total_)
    throw std::logic_error("run_study: " + std::to_string(now().done) + " of " + std::to_string(total_) +
                           " runs were done");
}

core::SimTime Work::end() const {
  const auto end = options_.arms.front().scenario.parameters().run.end;
  return options_.until ? std::min(*options_.until, end) : end;
}

// Which runs, from where

core::SimTime Work::difference(const std::vector<std::shared_ptr<const market::Regime>>& regimes, std::size_t a,
                               std::size_t b) const {
  if (a == b) return core::kNever;
  if (!differences_.empty()) return differences_[a * options_.arms.size() + b];
  const auto &here = options_.arms[a].scenario.parameters(), &there = options_.arms[b].scenario.parameters();
  if (outside_[a] != outside_[b] || here.custom_kinds != there.custom_kinds) return core::kAlways;
  return first_difference(*regimes[a], *regimes[b]);
}

std::shared_ptr<const Work::Replication> Work::planned(std::int64_t number, std::vector<std::size_t> open) const {
  auto replication = std::make_shared<Replication>();
  replication->number = number;
  replication->open = std::move(open);
  const core::Draws draws(options_.seed, static_cast<std::uint64_t>(number));
  for (const auto& regime : regimes_) replication->regimes.push_back(market::regime_of_replication(regime, draws));
  // An arm decides as the one whose path it replays: the two are one until either differs.
  const auto decides = [&](std::size_t arm, const std::string ReplayFrom::*slot) {
    const std::string& source = options_.arms[arm].replay.*slot;
    return source.empty() ? arm : index_of(source);
  };
  const auto differ = [&](std::size_t a, std::size_t b) {
    if (!options_.share_past) return core::kAlways;
    core::SimTime first = difference(replication->regimes, a, b);
    for (const auto slot : {&ReplayFrom::prices, &ReplayFrom::investment})
      first = std::min(first, difference(replication->regimes, decides(a, slot), decides(b, slot)));
    return first;
  };
  const market::RunParameters& run = options_.arms.front().scenario.parameters().run;
  replication->beginnings = plan_beginnings(replication->open, run, end(), differ);
  return replication;
}

void Work::begin_next_replication(std::unique_lock<std::mutex>& lock) {
  auto first = to_begin_.extract(to_begin_.begin());
  ++busy_;
  lock.unlock();
  {
    const Busy busy(*this);
    const auto replication = planned(first.key(), std::move(first.mapped()));
    std::vector<Task> tasks;
    for (const std::size_t arm : replication->open)
      if (!replication->beginnings[arm].parent) tasks.push_back({replication, arm, nullptr});
    make_ready(std::move(tasks));
  }
  lock.lock();
}

void Work::make_ready(std::vector<Task> tasks) {
  const std::lock_guard lock(mutex_);
  ready_.insert(ready_.begin(), std::make_move_iterator(tasks.begin()), std::make_move_iterator(tasks.end()));
  changed_.notify_all();
}

std::optional<Work::Task> Work::next(const std::atomic<bool>& stop) {
  std::unique_lock lock(mutex_);
  while (!stop && !failed_) {
    if (!ready_.empty()) {
      Task task = std::move(ready_.front());
      ready_.pop_front();
      ++busy_;
      return task;
    }
    if (!to_begin_.empty())
      begin_next_replication(lock);
    else if (busy_ == 0)
      return std::nullopt;
    else
      changed_.wait(lock);
  }
  return std::nullopt;
}

void Work::work(int threads_inside, const std::atomic<bool>& stop) {
  const core::DefaultArithmetic arithmetic;
  try {
    while (const auto task = next(stop)) {
      const Busy busy(*this);
      run(*task, {threads_inside, stop});
    }
  } catch (const core::Interrupted&) {
    return;
  } catch (...) {
    failed_ = true;
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
    throw;
  }
}

// One run

market::Replay Work::replay(std::size_t arm, std::int64_t number, const Run& how) {
  const auto& from = options_.arms[arm].replay;
  return {path(from.prices, number, how), path(from.investment, number, how)};
}

Simulation Work::first_day(std::shared_ptr<const market::Regime> regime, std::size_t arm, std::int64_t number,
                           const Run& how) {
  Simulation simulation(std::move(regime), options_.arms[arm].name, options_.seed, static_cast<std::uint64_t>(number),
                        replay(arm, number, how));
  if (options_.until) simulation.end_at(*options_.until);
  return simulation;
}

/// The path of an arm that others replay; run again for it where a resumed file has only its results.
PathStore::Path Work::path(const std::string& name, std::int64_t number, const Run& how) {
  if (name.empty()) return nullptr;
  const auto source = index_of(name);
  return paths_.get({source, number}, [&] {
    Simulation simulation = first_day(regimes_[source], source, number, how);
    simulation.run_until(end(), how.threads, &how.stop);
    return simulation.decisions();
  });
}

Simulation Work::begin(const Task& task, const Run& how) {
  const Replication& replication = *task.replication;
  const auto& regime = replication.regimes[task.arm];
  if (!task.stem) return first_day(regime, task.arm, replication.number, how);
  market::Replay paths = replay(task.arm, replication.number, how);
  Simulation simulation = task.stem->take();
  simulation.continue_as(options_.arms[task.arm].name, regime, std::move(paths));
  return simulation;
}

/// Lets the arms go that leave this run at its present date; from the first day where the run has changed its
/// contracts by itself, because the other arm's may answer otherwise.
void Work::offer_forks(const Task& task, core::SimTime date, const Simulation& simulation) {
  std::vector<Task> tasks;
  for (const std::size_t arm : task.replication->open)
    if (const Beginning& other = task.replication->beginnings[arm]; other.parent == task.arm && other.at == date)
      tasks.push_back({task.replication, arm, nullptr});
  if (!simulation.contracts_have_changed()) {
    const auto stem = std::make_shared<Stem>(simulation, tasks.size());
    for (Task& other : tasks) other.stem = stem;
  }
  make_ready(std::move(tasks));
}

Simulation Work::simulate(const Task& task, const Run& how) {
  std::set<core::SimTime> dates;
  for (const std::size_t arm : task.replication->open)
    if (const Beginning& other = task.replication->beginnings[arm]; other.parent == task.arm) dates.insert(other.at);
  Simulation simulation = begin(task, how);
  for (const core::SimTime date : dates) {
    simulation.run_until(date, how.threads, &how.stop);
    offer_forks(task, date, simulation);
  }
  simulation.run_until(end(), how.threads, &how.stop);
  return simulation;
}

void Work::run(const Task& task, const Run& how) {
  std::optional<record::RunSeries> series;
  const auto whole = [&] {
    const Simulation simulation = simulate(task, how);
    series = simulation.series();
    return simulation.decisions();
  };
  if (is_source_[task.arm]) static_cast<void>(paths_.get({task.arm, task.replication->number}, whole));
  if (!series) static_cast<void>(whole());  // nobody replays it, or a replaying arm was first
  collect(std::move(*series));
}

std::size_t Work::index_of(const std::string& name) const {
  const auto found =
      std::find_if(options_.arms.begin(), options_.arms.end(), [&](const Arm& a) { return a.name == name; });
  return static_cast<std::size_t>(found - options_.arms.begin());
}

void Work::collect(record::RunSeries series) {
  std::vector<record::RunSeries> batch;
  {
    const std::lock_guard lock(mutex_);
    const auto replication = series.replication;
    auto& waiting = waiting_[replication];
    waiting.push_back(std::move(series));
    if (waiting.size() == open_[replication]) {
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
    const std::lock_guard lock(progress_mutex_);  // counted inside, so that who waited here reports no older number
    progress_(now());
  }
}

Progress Work::now() {
  const std::lock_guard lock(mutex_);
  return {finished_, total_};
}

}  // namespace rackrate::study
