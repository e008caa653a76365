#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/record/run_series.hpp"

/// The part of a run that a sweep keeps: some variables, some months, by month, by year or as one value.
namespace rackrate::record {

enum class Period : std::uint8_t { Month, Year, Total };

/// Months [first, last] as in core::month_index; both ends are cut to the run's own months.
struct Selection {
  Period by = Period::Month;
  std::optional<int> first = {}, last = {};
};

/// Neighbouring months of a run that become one value.
struct MonthGroup {
  std::size_t begin = 0, end = 0;  ///< positions in Axes::months, end exclusive
  int label = 0;                   ///< the month that names it: its own, January of the year, or the first of all
};

/// Ascending; empty when the selection has no month of the run.
[[nodiscard]] std::vector<MonthGroup> groups_of(const Axes& axes, const Selection& selection);

/// The values of a variable by group: row-major, the groups last; of a variable without time, its values as they are.
///
/// What becomes of several months is what the variable says of its own month (CF cell_methods): a sum is added, a mean
/// is weighted by the days of each month in the run, a state is the last one known. Missing months are left out, and a
/// group that has no other is missing.
[[nodiscard]] std::vector<double> select(const RunSeries& run, const VariableRow& variable,
                                         const std::vector<MonthGroup>& groups);

/// Number of these values.
[[nodiscard]] std::size_t count(const Axes& axes, const VariableRow& variable, const std::vector<MonthGroup>& groups);

}  // namespace rackrate::record
