#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include <pybind11/numpy.h>
#include <pybind11/stl/filesystem.h>

#include "python/bind/bind.hpp"
#include "sim/record/parts.hpp"
#include "sim/record/result_file.hpp"

namespace py = pybind11;

namespace rackrate::bind {
namespace {

py::dict header_of(const std::filesystem::path& path) {
  const record::ResultReader reader(path);
  if (!reader.sealed())  // saved by another program, without a checksum: its values are compared with the prints that
                         // came with them
    for (const auto& run : reader.complete()) (void)reader.read_checked(run);
  py::list arms;
  for (const auto& arm : reader.arms()) {
    py::dict one;
    one["name"] = arm.name;
    one["scenario"] = arm.scenario_toml;
    one["digest"] = arm.digest;
    one["replay_prices"] = arm.replay_prices;
    one["replay_investment"] = arm.replay_investment;
    one["interventions"] = arm.interventions;
    arms.append(one);
  }
  py::list prints;
  for (const auto& print : reader.prints()) prints.append(py::make_tuple(print.arm, print.replication, print.print));
  py::list ends;
  for (const auto& run : reader.complete())
    ends.append(py::make_tuple(run.arm, run.replication, core::to_string(reader.end(run))));
  py::dict out;
  out["program_version"] = reader.provenance().program_version;
  out["commit"] = reader.provenance().commit;
  out["build_type"] = reader.provenance().build_type;
  out["seed"] = reader.provenance().seed;
  out["baseline"] = reader.provenance().baseline;
  out["arms"] = arms;
  out["replications"] = reader.replications();
  out["prints"] = prints;
  out["ends"] = ends;
  out["until"] = reader.provenance().until ? core::to_string(*reader.provenance().until) : "";
  out["fingerprint"] = reader.fingerprint();
  return out;
}

py::object parts_of(const std::filesystem::path& path) {
  const auto unfinished = record::find_parts(path);
  if (!unfinished) return py::none();
  py::dict out;
  out["batches"] = unfinished->batches;
  out["done"] = unfinished->done.size();
  out["asked"] = unfinished->asked();
  return out;
}

/// An array of these values, which `owner` keeps alive.
template <class T>
py::array_t<T> shared(std::vector<T>& values, const std::vector<py::ssize_t>& shape, const py::capsule& owner) {
  return py::array_t<T>(shape, values.data(), owner);
}

template <class T>
py::array_t<T> copied(const std::vector<T>& values, const std::vector<py::ssize_t>& shape) {
  return py::array_t<T>(shape, values.data());
}

}  // namespace

py::dict content_of(std::shared_ptr<record::ResultArrays> arrays) {
  record::ResultArrays& result = *arrays;
  const record::RunTable& table = result.table();
  const record::Axes& axes = table.axes();
  const py::capsule owner(new std::shared_ptr<record::ResultArrays>(std::move(arrays)),
                          [](void* held) { delete static_cast<std::shared_ptr<record::ResultArrays>*>(held); });
  const auto arms = static_cast<py::ssize_t>(table.arms().size());
  const auto replications = static_cast<py::ssize_t>(table.replications().size());

  py::dict labels;
  py::list names;
  for (const record::Arm& arm : table.arms()) names.append(arm.name);
  labels["arm"] = names;
  for (const record::DimensionRow& d : record::dimensions())
    if (d.id != record::Dim::Time) labels[py::str(d.name)] = axes.labels[static_cast<std::size_t>(d.id)];

  py::dict values;
  for (const record::VariableRow& v : record::variables()) {
    std::vector<py::ssize_t> shape{arms, replications};
    for (const record::Dim d : v.dims) shape.push_back(static_cast<py::ssize_t>(axes.size(d)));
    if (v.type == record::Type::F64 && !result.wide(v.id).empty())
      values[py::str(v.name)] = shared(result.wide(v.id), shape, owner);
    if (v.type == record::Type::F32 && !result.narrow(v.id).empty())
      values[py::str(v.name)] = shared(result.narrow(v.id), shape, owner);
  }

  py::dict of_arms;
  for (const record::ArmVariableRow& v : record::arm_variables())
    if (v.unit.empty())
      of_arms[py::str(v.name)] = table.texts(v.id);
    else
      of_arms[py::str(v.name)] = table.discount_rates();

  py::dict attributes;
  for (const auto& [name, value] : table.attributes())
    std::visit([&, key = py::str(name)](const auto& known) { attributes[key] = known; }, value);

  const std::vector<std::int64_t> days = record::month_days(axes);
  py::dict out;
  out["labels"] = labels;
  out["replication"] = copied(table.replications(), {replications});
  out["time"] = copied(days, {static_cast<py::ssize_t>(days.size())});
  out["time_bounds"] = copied(table.time_bounds(), {static_cast<py::ssize_t>(days.size()), 2});
  out["horizon"] = table.horizon() ? core::to_string(*table.horizon()) : "";
  out["values"] = values;
  out["complete"] = copied(table.complete(), {arms, replications});
  out["run_fingerprint"] = table.prints();
  out["event_log"] = table.event_logs();
  out["run_end"] = copied(table.ends(), {arms, replications});
  out["arms"] = of_arms;
  out["attributes"] = attributes;
  return out;
}

void bind_record(py::module_& module) {
  module.def("read_header", &header_of, py::arg("path"));
  module.def("check_result", &record::check_result, py::arg("path"), py::arg("verify"),
             py::call_guard<py::gil_scoped_release>());
  module.def("find_parts", &parts_of, py::arg("path"));
  module.def(
      "merge_results",
      [](const std::vector<std::filesystem::path>& sources, const std::filesystem::path& target) {
        record::merge_results(sources, target);
      },
      py::arg("sources"), py::arg("target"), py::call_guard<py::gil_scoped_release>());
  module.def("keep_structural", &record::keep_structural, py::arg("path"), py::arg("json"),
             py::call_guard<py::gil_scoped_release>());
  module.def("result_format_page", &record::format_page);
}

}  // namespace rackrate::bind
