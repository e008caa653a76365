#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/market/exchange/clearing/demand.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/view/notice.hpp"
#include "sim/market/vocabulary/facts.hpp"

/// The calendar of training runs (MODEL 9.1e): runs with a size in one pool, a queue, and no preemption.
///
/// A run is a part of its lab's classes of training. While it runs, that part of their demand may be served at its pool
/// alone and is left unserved after all other training, before what ranks above training. So it has its place in the
/// same network, which keeps its one optimum, and what it gets is settled and audited as training. Which runs begin is
/// a matter of yes and no: it is decided beside the flow (run_queue.hpp), on a day on which one waits, after a first
/// solution without it; the day is then solved again with it.
namespace rackrate::market {

struct Network;

/// What has become of a run.
struct RunState {
  PoolId at;              ///< where it runs; none: it waits, or it is over
  std::int64_t left = 0;  ///< of its work, H100e-milliseconds
  core::SimTime started = core::kNever, ended = core::kNever;
  bool announced = false;  ///< that it waits
  bool slowed = false;     ///< it got less than it wanted in the interval before
};

struct RunCalendar {
  Table<RunId, RunState> runs;
  Table<LabId, char> release_waits;  ///< for a run that was submitted and has not ended; empty: none ever does
  std::vector<RunFact> facts;        ///< of the interval
  std::vector<Notice> notices;       ///< of the interval
};
[[nodiscard]] RunCalendar first_calendar(const CompiledScenario& compiled);

/// What a run gains on other training by its place, of an H100e-hour.
[[nodiscard]] Money run_priority(const ClearingParameters& clearing);
/// May the run be in the pool, as far as its own keys go?
[[nodiscard]] bool may_run_in(const CompiledScenario& compiled, RunId run, PoolId pool);

/// Moves what runs that have a place ask for out of the other parts of their classes, once those are set; the run that
/// began first is first. A run whose pool is closed to it goes back to the queue with the work that is left.
void ask_for_runs(const CompiledScenario& compiled, const Interval& interval, Network& network);
/// Opens to each part of a run its pool alone, whatever limits were set before; to those that wait all of theirs.
void open_run_places(Network& network);
/// Lowers the arcs of runs at a part of a pool to what its lab can use of it, `most` (chip_ports.hpp), and returns what
/// this leaves for other work of the lab. A run keeps what it had there the day before.
[[nodiscard]] std::int64_t limit_runs(DemandTable& table, const PortedPart& part, std::int64_t most);

/// Lets runs begin, after a first solution; after later ones, those that did not get all of their size wait on. Have
/// places changed? Then the network must be solved again. `begun`: those of this interval so far, none before the first
/// call.
[[nodiscard]] bool settle_runs(const MarketView& view, const Interval& interval,
                               std::optional<std::vector<RunId>>& begun, Network& network);
/// Counts the work done, and ends runs.
/// Throws:  core::LedgerError where a run was served outside its pool, got more than it wanted, or runs together got
///          more than their pool has.
void count_runs(const MarketView& view, const Interval& interval, Network& network);

}  // namespace rackrate::market
