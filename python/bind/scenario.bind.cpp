#include "sim/scenario/scenario.hpp"
#include "sim/core/error.hpp"
#include "sim/scenario/key_rule.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <pybind11/stl/filesystem.h>

#include "python/bind/bind.hpp"

namespace py = pybind11;

namespace rackrate::bind {

namespace {

/// Text, name and digest say everything: a scenario never changes.
py::tuple state_of(const scenario::Scenario& scenario) {
  return py::make_tuple(scenario.to_toml(), scenario.name(), scenario.digest());
}

scenario::Scenario scenario_of(const py::tuple& state) {
  const auto name = state[1].cast<std::string>();
  auto scenario = scenario::Scenario::parse(state[0].cast<std::string>(), name, {}).override_with({}, name);
  const auto digest = state[2].cast<std::string>();
  if (scenario.digest() != digest) {
    core::Mistake mistake;
    mistake.where.file = name;
    mistake.where.key = "the pickle";
    mistake.got = "of digest " + digest.substr(0, 12);
    mistake.expected = scenario.digest().substr(0, 12) + ", which its text has here";
    mistake.remedy = "Read it with the version of rackrate that wrote it.";
    throw core::ScenarioError(mistake);
  }
  return scenario;
}

}  // namespace

void bind_scenario(py::module_& module) {
  using scenario::Difference;
  using scenario::Item;
  using scenario::Scenario;

  py::class_<Item>(module, "Item")
      .def_readonly("path", &Item::path)
      .def_readonly("value", &Item::value)
      .def_readonly("unit", &Item::unit)
      .def_readonly("source", &Item::source)
      .def_readonly("grade", &Item::grade)
      .def_readonly("low", &Item::low)
      .def_readonly("high", &Item::high)
      .def_readonly("note", &Item::note)
      .def_readonly("file", &Item::file)
      .def_readonly("line", &Item::line)
      .def_readonly("column", &Item::column)
      .def_readonly("is_default", &Item::is_default);
  py::class_<Difference>(module, "Difference")
      .def_readonly("path", &Difference::path)
      .def_readonly("here", &Difference::here)
      .def_readonly("there", &Difference::there);

  py::class_<Scenario>(module, "Scenario")
      .def_static(
          "load",
          [](const std::filesystem::path& name, const std::vector<std::filesystem::path>& library) {
            return Scenario::load(name.string(), library);
          },
          py::arg("name_or_path"), py::arg("library"))
      .def_static(
          "parse",
          [](const std::string& text, const std::string& origin, const std::vector<std::filesystem::path>& library) {
            return Scenario::parse(text, origin, library);
          },
          py::arg("text"), py::arg("origin"), py::arg("library"))
      .def(py::pickle(&state_of, &scenario_of))
      .def("override_with", &Scenario::override_with, py::arg("values"), py::arg("name"))
      .def("typed", &Scenario::typed, py::arg("path"), py::arg("text"))
      .def("items", &Scenario::items, py::arg("with_defaults"))
      .def("find", &Scenario::find, py::arg("path"))
      .def("diff", &Scenario::diff, py::arg("other"))
      .def("to_toml", &Scenario::to_toml)
      .def_property_readonly("digest", &Scenario::digest)
      .def_property_readonly("name", &Scenario::name)
      .def_property_readonly("title", &Scenario::title)
      .def_property_readonly("warnings", &Scenario::warnings)
      .def_property_readonly("start", [](const Scenario& s) { return core::to_string(s.parameters().run.start); })
      .def_property_readonly("end", [](const Scenario& s) { return core::to_string(s.parameters().run.end); })
      .def_property_readonly("fiscal_year_end", [](const Scenario& s) { return s.parameters().fiscal_year_end; });

  using scenario::KeyRule;
  py::class_<KeyRule>(module, "KeyRule")
      .def_readonly("type", &KeyRule::type)
      .def_readonly("unit", &KeyRule::unit)
      .def_readonly("low", &KeyRule::low)
      .def_readonly("high", &KeyRule::high)
      .def_readonly("gap", &KeyRule::gap)
      .def_readonly("allowed", &KeyRule::allowed)
      .def_readonly("may_be_never", &KeyRule::may_be_never);
  module.def("key_rules", &scenario::key_rules, py::arg("scenario"), py::arg("paths"));
  module.def("quantity_in", &scenario::quantity_in, py::arg("text"), py::arg("unit"), py::arg("path"));

  module.def("json_schema", &scenario::json_schema);
  module.def("reference_page", &scenario::reference_page);
}

}  // namespace rackrate::bind
