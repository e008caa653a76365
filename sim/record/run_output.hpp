#pragma once
#include <span>
#include <vector>

#include "sim/record/result_file.hpp"

namespace rackrate::record {

/// Where the runs of a study go. `add` may be called from any thread.
class RunOutput {
 public:
  RunOutput() = default;
  virtual ~RunOutput() = default;
  RunOutput(const RunOutput&) = delete;
  RunOutput& operator=(const RunOutput&) = delete;

  /// Runs that need not be done again, ascending.
  [[nodiscard]] virtual const std::vector<RunId>& done() const = 0;
  /// Takes all arms of a replication.
  virtual void add(std::span<const RunSeries> batch) = 0;
};

}  // namespace rackrate::record
