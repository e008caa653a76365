#pragma once
#include <cstdint>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/regime/parameters.hpp"

/// Which training runs begin (MODEL 9.1e): a queue in order of submission, all of a run's size in one pool or nothing.
namespace rackrate::market {

/// A pool where a run may be, and what it could have of it from now on, H100e: beside runs that are there.
struct RunPlace {
  PoolId pool;
  std::int64_t room = 0;
};

/// A run that waits.
struct WaitingRun {
  RunId run;
  LabId lab;
  std::int64_t size = 0;         ///< H100e
  core::SimDuration length{0};   ///< of what is left of it, at full size
  std::vector<RunPlace> places;  ///< the best first
};

/// A run that has its place.
struct RunningRun {
  LabId lab;
  PoolId pool;
  std::int64_t size = 0;
  core::SimTime until;  ///< if it is served in full
};

struct RunStart {
  RunId run;
  PoolId pool;
};

/// What begins at t. `waiting`: in order of submission. `plans`: training that each lab plans beside what runs, H100e.
///
/// Each run is promised, in order, the earliest time from which it has room in one of its pools until its end, among
/// the runs that are there and those promised before. Backfill: so a later run may begin first where that delays no
/// promise to an earlier one. Fcfs: nor may it, in any case, begin in a pool before an earlier one that is promised a
/// place there. Runs that fit nowhere are promised nothing and hold nobody up.
///
/// Source:  conservative backfilling, Mu'alem and Feitelson (2001), IEEE Trans. Parallel Distrib. Syst. 12, 529-543.
/// Cost:    (runs)^3 at most, with few runs; nothing where none waits.
[[nodiscard]] std::vector<RunStart> runs_that_begin(const std::vector<WaitingRun>& waiting,
                                                    const std::vector<RunningRun>& running,
                                                    const Table<LabId, std::int64_t>& plans, core::SimTime t,
                                                    RunOrder order);

}  // namespace rackrate::market
