#include "sim/market/exchange/clearing/run_queue.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace rackrate::market {
namespace {

struct Promise {
  LabId lab;
  PoolId pool;
  std::int64_t size = 0;
  core::SimTime from, until;
};

/// What runs and what is promised, as far as it is known today.
class RunPlan {
 public:
  RunPlan(const std::vector<RunningRun>& running, const Table<LabId, std::int64_t>& plans, core::SimTime t)
      : running_(running), plans_(plans), now_(t) {}

  /// The earliest promise to the run, at the best of the places that give it; none: it fits nowhere. `not_before`: by
  /// pool, when it may begin there.
  [[nodiscard]] std::optional<Promise> earliest(const WaitingRun& run,
                                                const std::map<PoolId, core::SimTime>& not_before) const {
    for (const core::SimTime from : changes())
      for (const RunPlace& place : run.places) {
        const auto held = not_before.find(place.pool);
        if (held != not_before.end() && from < held->second) continue;
        if (fits(run, place, from)) return Promise{run.lab, place.pool, run.size, from, from + run.length};
      }
    return std::nullopt;
  }
  void promise(const Promise& made) { promised_.push_back(made); }

 private:
  /// Now, and whenever a run ends, ascending.
  [[nodiscard]] std::vector<core::SimTime> changes() const {
    std::vector<core::SimTime> times{now_};
    for (const RunningRun& run : running_) times.push_back(run.until);
    for (const Promise& made : promised_) times.push_back(made.until);
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    return times;
  }
  /// In all of the run's time? What is free shrinks only where a promised run begins.
  [[nodiscard]] bool fits(const WaitingRun& run, const RunPlace& place, core::SimTime from) const {
    if (!fits_at(run, place, from)) return false;
    for (const Promise& made : promised_)
      if (made.from > from && made.from < from + run.length && !fits_at(run, place, made.from)) return false;
    return true;
  }
  [[nodiscard]] bool fits_at(const WaitingRun& run, const RunPlace& place, core::SimTime t) const {
    std::int64_t room = place.room, plan = plans_[run.lab];
    for (const RunningRun& other : running_) {
      if (other.until > t) continue;
      if (other.pool == place.pool) room += other.size;
      if (other.lab == run.lab) plan += other.size;
    }
    for (const Promise& other : promised_) {
      if (other.from > t || other.until <= t) continue;
      if (other.pool == place.pool) room -= other.size;
      if (other.lab == run.lab) plan -= other.size;
    }
    return run.size <= room && run.size <= plan;
  }

  const std::vector<RunningRun>& running_;
  const Table<LabId, std::int64_t>& plans_;
  core::SimTime now_;
  std::vector<Promise> promised_;
};

}  // namespace

std::vector<RunStart> runs_that_begin(const std::vector<WaitingRun>& waiting, const std::vector<RunningRun>& running,
                                      const Table<LabId, std::int64_t>& plans, core::SimTime t, RunOrder order) {
  RunPlan plan(running, plans, t);
  std::map<PoolId, core::SimTime> not_before;
  std::vector<RunStart> begin;
  for (const WaitingRun& run : waiting) {
    const auto made = plan.earliest(run, not_before);
    if (!made) continue;
    plan.promise(*made);
    if (order == RunOrder::Fcfs) not_before[made->pool] = made->from;
    if (made->from == t) begin.push_back({run.run, made->pool});
  }
  return begin;
}

}  // namespace rackrate::market
