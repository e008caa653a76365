#pragma once
#include <vector>

#include "sim/market/vocabulary/facts.hpp"
#include "sim/record/axes.hpp"
#include "sim/record/run_series.hpp"

namespace rackrate::record {

/// When training runs began and ended. What did not happen stays missing.
class RunDates {
 public:
  RunDates() = default;
  explicit RunDates(const Axes& axes);

  /// Throws:  LedgerError for a run that does not exist.
  void add(const market::RunFact& run);
  void fill(RunSeries& out) const;

 private:
  core::SimTime origin_;
  std::vector<double> start_, wait_, end_;  ///< [run] days
};

}  // namespace rackrate::record
