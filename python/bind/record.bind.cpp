#include <filesystem>
#include <string>
#include <vector>

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

}  // namespace

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
