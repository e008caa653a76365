#include "sim/record/selection.hpp"

#include <algorithm>
#include <limits>
#include "sim/record/detail/missing.hpp"

namespace rackrate::record {
namespace {

constexpr int kMonthsPerYear = 12;

bool has_time(const VariableRow& variable) {
  return std::find(variable.dims.begin(), variable.dims.end(), Dim::Time) != variable.dims.end();
}

/// January of the month's year; months count from 1970-01, earlier ones are negative.
int january(int month) { return month - ((month % kMonthsPerYear) + kMonthsPerYear) % kMonthsPerYear; }

/// Days of each month in the run.
std::vector<double> days_of(const RunSeries& run) {
  std::vector<double> days;
  for (const int month : run.axes.months) {
    const core::SimTime from = std::max(core::month_start(month), run.axes.start);
    const core::SimTime to = std::min({core::month_start(month + 1), run.axes.end, run.end});
    days.push_back(std::max(0.0, core::in_days(to - from)));
  }
  return days;
}

/// One value of the months [begin, end) of a series.
double together(const double* months, const MonthGroup& group, Cell cell, const std::vector<double>& days) {
  double sum = 0.0, weight = 0.0, last = detail::kMissing;
  bool any = false;
  for (std::size_t m = group.begin; m < group.end; ++m) {
    const double value = months[m];
    if (value != value) continue;
    any = true;
    last = value;
    const double part = cell == Cell::Mean ? days[m] : 1.0;
    sum += part * value;
    weight += part;
  }
  if (!any) return detail::kMissing;
  if (cell == Cell::Sum) return sum;
  if (cell == Cell::Mean && weight > 0.0) return sum / weight;
  return last;
}

}  // namespace

std::vector<MonthGroup> groups_of(const Axes& axes, const Selection& selection) {
  std::vector<MonthGroup> groups;
  for (std::size_t m = 0; m < axes.months.size(); ++m) {
    const int month = axes.months[m];
    if ((selection.first && month < *selection.first) || (selection.last && month > *selection.last)) continue;
    const int label = selection.by == Period::Month  ? month
                      : selection.by == Period::Year ? january(month)
                      : groups.empty()               ? month
                                                     : groups.back().label;
    if (groups.empty() || groups.back().label != label)
      groups.push_back({m, m + 1, label});
    else
      groups.back().end = m + 1;
  }
  return groups;
}

std::size_t count(const Axes& axes, const VariableRow& variable, const std::vector<MonthGroup>& groups) {
  if (!has_time(variable)) return axes.count(variable);
  std::size_t n = groups.size();
  for (const Dim d : variable.dims)
    if (d != Dim::Time) n *= axes.size(d);
  return n;
}

std::vector<double> select(const RunSeries& run, const VariableRow& variable, const std::vector<MonthGroup>& groups) {
  const std::vector<double>& own = run[variable.id];
  if (!has_time(variable)) return own;
  const std::size_t months = run.axes.months.size();
  if (months == 0 || own.empty()) return {};
  const std::vector<double> days = days_of(run);
  std::vector<double> out;
  out.reserve(own.size() / months * groups.size());
  for (std::size_t at = 0; at < own.size(); at += months)
    for (const MonthGroup& group : groups)
      out.push_back(group.end == group.begin + 1 ? own[at + group.begin]
                                                 : together(own.data() + at, group, variable.cell, days));
  if (variable.type == Type::F32)  // memory and file hold the same numbers
    for (double& value : out) value = static_cast<double>(static_cast<float>(value));
  return out;
}

}  // namespace rackrate::record
