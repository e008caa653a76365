#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/regime/parameters.hpp"
#include "sim/record/layout.hpp"

namespace rackrate::record {

/// The labels of every dimension of one arm, and its months.
struct Axes {
  std::array<std::vector<std::string>, kDims> labels;  ///< by Dim; Dim::Time stays empty
  std::vector<int> months;                             ///< months since 1970-01, ascending
  core::SimTime start, end;                            ///< of the run, end exclusive

  [[nodiscard]] std::size_t size(Dim dim) const {
    return dim == Dim::Time ? months.size() : labels[static_cast<std::size_t>(dim)].size();
  }
  /// Number of values of a variable: the product of its dimensions.
  [[nodiscard]] std::size_t count(const VariableRow& variable) const;
  friend bool operator==(const Axes&, const Axes&) = default;
};

/// Labels from the scenario's vocabulary; months that [run.start, run.end) touches. The clause labels
/// are the market's own (market::money_labels), which number market::EntryFact::clause.
/// Throws:  std::invalid_argument when the run has no length.
[[nodiscard]] Axes axes_of(const market::Parameters& parameters);

/// Axes that hold all of `arms`: labels in order of first appearance, months ascending.
[[nodiscard]] Axes merge(std::span<const Axes> arms);

/// For each label (month for Dim::Time) of `part`, its position in `whole`. `part` must be contained in `whole`.
[[nodiscard]] std::vector<std::size_t> positions(const Axes& part, const Axes& whole, Dim dim);

/// First days of the months, days since 1970-01-01.
[[nodiscard]] std::vector<std::int64_t> month_days(const Axes& axes);
/// [begin, end) of what each month covers of the run, in days since 1970-01-01, flattened to pairs.
[[nodiscard]] std::vector<double> month_bounds(const Axes& axes);

}  // namespace rackrate::record
