#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/record/result_file.hpp"

namespace rackrate::record {

/// What a result states besides its values: where it comes from, its arms and replications, and which of the runs are
/// done. The result file and the arrays in memory take it from here.
class RunTable {
 public:
  using Attribute = std::pair<std::string, std::variant<std::string, double, std::uint64_t>>;

  /// `replications`: the labels of that dimension, ascending. Throws: std::logic_error without arms.
  RunTable(Provenance provenance, std::vector<Arm> arms, std::vector<std::int64_t> replications);

  [[nodiscard]] const std::vector<Arm>& arms() const { return arms_; }
  [[nodiscard]] const std::vector<std::int64_t>& replications() const { return replications_; }
  [[nodiscard]] const Axes& axes() const { return axes_; }  ///< those of all arms

  /// The cell of a run: arm x number of replications + position of its replication.
  /// Throws: std::logic_error if there is no room for it, or its axes are not those of its arm.
  [[nodiscard]] std::size_t cell(const RunSeries& run) const;
  void mark_done(std::size_t cell, const RunSeries& run, std::string print);

  // By cell.
  [[nodiscard]] const std::vector<std::int8_t>& complete() const { return complete_; }
  [[nodiscard]] const std::vector<std::string>& prints() const { return prints_; }  ///< empty when not done
  [[nodiscard]] const std::vector<std::int64_t>& ends() const { return ends_; }  ///< ms since 1970, NaT when not done
  /// Of each arm's lowest replication that is done, empty for the others.
  [[nodiscard]] std::vector<std::string> event_logs() const;

  /// month_bounds; the month in which all runs end holds the days up to that end.
  [[nodiscard]] std::vector<double> time_bounds() const;
  /// The end of the scenarios, where all runs end inside a month before it.
  [[nodiscard]] std::optional<core::SimTime> horizon() const;

  /// Values of ArmVar rows that are text, by arm.
  [[nodiscard]] std::vector<std::string> texts(ArmVar variable) const;
  [[nodiscard]] std::vector<double> discount_rates() const;
  /// Of the root, in the order of writing; without those that are empty.
  [[nodiscard]] std::vector<Attribute> attributes() const;

  /// A run's values of a variable among the labels of all arms; NaN where its own arm has no such label.
  [[nodiscard]] std::vector<double> spread(const VariableRow& v, const RunSeries& run) const;

 private:
  [[nodiscard]] std::string text_of(ArmVar v, const Arm& arm) const;
  [[nodiscard]] std::optional<core::SimTime> common_end() const;
  [[nodiscard]] std::string fingerprint() const;

  Provenance provenance_;
  std::vector<Arm> arms_;
  std::vector<std::int64_t> replications_;
  Axes axes_;
  std::vector<std::int8_t> complete_;
  std::vector<std::string> prints_;
  std::vector<std::int64_t> ends_;
  std::vector<std::pair<std::int64_t, std::string>>
      event_logs_;  ///< [arm] the lowest replication that is done, its log
};

}  // namespace rackrate::record
