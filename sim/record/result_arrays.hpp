#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "sim/record/run_output.hpp"
#include "sim/record/run_table.hpp"

namespace rackrate::record {

/// A result in memory: the values that ResultWriter would write to a file, as one array per variable.
class ResultArrays : public RunOutput {
 public:
  ResultArrays(Provenance provenance, std::vector<Arm> arms, std::vector<std::int64_t> replications);

  [[nodiscard]] const std::vector<RunId>& done() const override { return none_; }
  void add(std::span<const RunSeries> batch) override;

  /// Call these when no run is added any more.
  [[nodiscard]] const RunTable& table() const { return table_; }
  /// Row-major over (arm, replication, dimensions of the variable); NaN where a run is missing. Of a variable of
  /// Type::F64; empty for the others, and where a dimension has no labels.
  [[nodiscard]] std::vector<double>& wide(Var v) { return wide_[static_cast<std::size_t>(v)]; }
  /// The same of a variable of Type::F32.
  [[nodiscard]] std::vector<float>& narrow(Var v) { return narrow_[static_cast<std::size_t>(v)]; }

 private:
  std::vector<RunId> none_;
  RunTable table_;
  std::array<std::vector<double>, kVars> wide_;
  std::array<std::vector<float>, kVars> narrow_;
  std::mutex mutex_;
};

}  // namespace rackrate::record
