#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/numpy.h>

#include "python/bind/bind.hpp"
#include "python/bind/run.hpp"
#include "sim/record/detail/axes_json.hpp"
#include "sim/record/fingerprint.hpp"
#include "sim/record/selection.hpp"
#include "sim/study/simulation.hpp"
#include "sim/study/study.hpp"

namespace py = pybind11;

namespace rackrate::bind {
namespace {

/// The variables that are asked for by name, in the order of the result file; all of them where none is named.
std::vector<const record::VariableRow*> rows_of(const std::vector<std::string>& names) {
  std::vector<const record::VariableRow*> rows;
  for (const record::VariableRow& row : record::variables())
    if (names.empty() || std::find(names.begin(), names.end(), row.name) != names.end()) rows.push_back(&row);
  return rows;
}

std::optional<int> month_of(const std::string& text) {
  core::SimTime time;
  if (text.empty() || !core::parse_time(text + "-01", time)) return std::nullopt;
  return core::month_index(time);
}

record::Selection selection_of(const std::string& by, const std::string& first, const std::string& last) {
  using enum record::Period;
  return {by == "year" ? Year : by == "total" ? Total : Month, month_of(first), month_of(last)};
}

/// What is kept of the runs of one scenario: which variables, and which months become one value.
struct Kept {
  std::vector<const record::VariableRow*> rows;
  std::vector<record::MonthGroup> groups;
};

/// One scenario, compiled once, for any number of replications.
struct HeldRuns {
  scenario::Scenario scenario;
  std::shared_ptr<const market::Regime> regime;
  record::Axes axes;
  Kept kept;

  HeldRuns(scenario::Scenario from, const std::vector<std::string>& names, const std::string& by,
           const std::string& first, const std::string& last)
      : scenario(std::move(from)), axes(record::axes_of(scenario.parameters())) {
    const py::gil_scoped_release release;
    regime = study::regime_of(scenario);
    kept = {rows_of(names), record::groups_of(axes, selection_of(by, first, last))};
  }

  /// (name, dimensions, type, number of values) of what a run leaves, in order.
  [[nodiscard]] py::list columns() const {
    py::list out;
    for (const record::VariableRow* row : kept.rows) {
      py::list dims;
      for (const record::Dim d : row->dims) dims.append(py::str(std::string(record::row(d).name)));
      out.append(py::make_tuple(std::string(row->name), py::tuple(dims), std::string(record::name(row->type)),
                                record::count(axes, *row, kept.groups)));
    }
    return out;
  }

  /// (label, begin, end) of each kept period, in days since 1970-01-01; the ends are cut to the run.
  [[nodiscard]] py::list periods() const {
    const std::vector<double> bounds = record::month_bounds(axes);
    py::list out;
    for (const record::MonthGroup& group : kept.groups)
      out.append(py::make_tuple(core::in_days(core::month_start(group.label).time_since_epoch()),
                                bounds[2 * group.begin], bounds[2 * group.end - 1]));
    return out;
  }

  /// Runs one replication and writes what is kept of it: float64 variables one after the other into `wide`, float32
  /// variables into `narrow`. Returns (fingerprint of all it recorded, end in milliseconds since 1970-01-01).
  py::tuple run(std::uint64_t seed, std::uint64_t replication, const std::string& until,
                py::array_t<double, py::array::c_style>& wide, py::array_t<float, py::array::c_style>& narrow) const {
    double* const wide_begin = wide.mutable_data();
    float* const narrow_begin = narrow.mutable_data();
    const auto wide_size = static_cast<std::size_t>(wide.size()), narrow_size = static_cast<std::size_t>(narrow.size());
    std::string print;
    std::int64_t end = 0;
    run_watched([&](const std::atomic<bool>& stop) {
      study::Simulation simulation(regime, scenario.name(), seed, replication);
      core::SimTime stops = scenario.parameters().run.end, asked;
      if (core::parse_time(until, asked)) {
        simulation.end_at(asked);
        stops = std::min(stops, asked);
      }
      simulation.run_until(stops, 1, &stop);
      const record::RunSeries series = simulation.series();
      std::size_t at_wide = 0, at_narrow = 0;
      for (const record::VariableRow* row : kept.rows) {
        const std::vector<double> values = record::select(series, *row, kept.groups);
        const bool is_wide = row->type == record::Type::F64;
        if ((is_wide ? at_wide : at_narrow) + values.size() > (is_wide ? wide_size : narrow_size))
          throw std::length_error("Runs.run: the arrays are too short for what columns() lists");
        if (is_wide)
          std::copy(values.begin(), values.end(), wide_begin + at_wide);
        else
          std::transform(values.begin(), values.end(), narrow_begin + at_narrow,
                         [](double value) { return static_cast<float>(value); });
        (is_wide ? at_wide : at_narrow) += values.size();
      }
      print = record::fingerprint(series);
      end = series.end.time_since_epoch().count();
    });
    return py::make_tuple(print, end);
  }
};

/// (name, dimensions, type, unit, cell methods, long name, meaning) of each variable of a result, in order.
py::list variables() {
  py::list out;
  for (const record::VariableRow& v : record::variables()) {
    py::list dims;
    for (const record::Dim d : v.dims) dims.append(py::str(std::string(record::row(d).name)));
    out.append(py::make_tuple(std::string(v.name), py::tuple(dims), std::string(record::name(v.type)),
                              std::string(v.unit), std::string(record::cell_methods(v.cell)), std::string(v.long_name),
                              std::string(v.meaning)));
  }
  return out;
}

/// (name, long name, meaning) of each dimension of a result, in order.
py::list dimensions() {
  py::list out;
  for (const record::DimensionRow& d : record::dimensions())
    out.append(py::make_tuple(std::string(d.name), std::string(d.long_name), std::string(d.meaning)));
  return out;
}

/// (name, unit, long name, meaning) of what a result says of each arm, in order.
py::list arm_variables() {
  py::list out;
  for (const record::ArmVariableRow& v : record::arm_variables())
    out.append(
        py::make_tuple(std::string(v.name), std::string(v.unit), std::string(v.long_name), std::string(v.meaning)));
  return out;
}

/// (name, unit, long name, meaning) of what a result says of each run, in order.
py::list run_variables() {
  py::list out;
  for (const record::RunVariableRow& v : record::run_variables())
    out.append(
        py::make_tuple(std::string(v.name), std::string(v.unit), std::string(v.long_name), std::string(v.meaning)));
  return out;
}

/// Where the runs of a scenario come from, as the root attributes of a result say it.
py::dict provenance(const scenario::Scenario& scenario) {
  study::StudyOptions options;
  options.arms = {{scenario.name(), scenario}};
  options.baseline = scenario.name();
  const record::Provenance own = study::provenance_of(options);
  const auto& run = scenario.parameters().run;
  py::dict out;
  out["format_version"] = std::string(record::kFormatVersion);
  out["program_version"] = own.program_version;
  out["commit"] = own.commit;
  out["build_type"] = own.build_type;
  out["lookahead"] = own.lookahead;
  out["discount_rate"] = run.discount_rate;
  out["valuation_date"] = core::to_string(run.valuation_date);
  return out;
}

}  // namespace

void bind_sweep(py::module_& module) {
  py::class_<HeldRuns>(module, "Runs")
      .def(py::init<scenario::Scenario, const std::vector<std::string>&, const std::string&, const std::string&,
                    const std::string&>(),
           py::arg("scenario"), py::arg("variables"), py::arg("by"), py::arg("first"), py::arg("last"))
      .def("columns", &HeldRuns::columns)
      .def("periods", &HeldRuns::periods)
      .def_property_readonly("axes", [](const HeldRuns& held) { return record::detail::axes_to_json(held.axes); })
      .def_property_readonly("discount_rate",
                             [](const HeldRuns& held) { return held.scenario.parameters().run.discount_rate; })
      .def_property_readonly(
          "valuation_date",
          [](const HeldRuns& held) { return core::to_string(held.scenario.parameters().run.valuation_date); })
      .def("run", &HeldRuns::run, py::arg("seed"), py::arg("replication"), py::arg("until"), py::arg("wide"),
           py::arg("narrow"));
  module.def("result_variables", &variables);
  module.def("result_dimensions", &dimensions);
  module.def("result_arm_variables", &arm_variables);
  module.def("result_run_variables", &run_variables);
  module.def("provenance", &provenance, py::arg("scenario"));
}

}  // namespace rackrate::bind
