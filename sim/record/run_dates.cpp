#include "sim/record/run_dates.hpp"

#include <string>

#include "sim/core/error.hpp"
#include "sim/record/detail/missing.hpp"

namespace rackrate::record {

RunDates::RunDates(const Axes& axes)
    : origin_(axes.start), start_(axes.size(Dim::TrainingRun), detail::kMissing), wait_(start_), end_(start_) {}

void RunDates::add(const market::RunFact& run) {
  if (!within(run.run, start_.size()))
    throw core::LedgerError("training run " + std::to_string(run.run.number()) + " began or ended; there are only " +
                            std::to_string(start_.size()));
  start_[run.run.position()] = core::in_days(run.started - origin_);
  wait_[run.run.position()] = core::in_days(run.started - run.submitted);
  if (run.ended < core::kNever) end_[run.run.position()] = core::in_days(run.ended - origin_);
}

void RunDates::fill(RunSeries& out) const {
  out[Var::TrainingStart] = start_;
  out[Var::TrainingWait] = wait_;
  out[Var::TrainingEnd] = end_;
}

}  // namespace rackrate::record
