#include "sim/scenario/scenario.hpp"
#include "sim/core/error.hpp"
#include "sim/market/contracts/in_force.hpp"
#include "sim/scenario/contract_dates.hpp"
#include "sim/scenario/key_rule.hpp"

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <pybind11/stl/filesystem.h>

#include "python/bind/bind.hpp"

namespace py = pybind11;

namespace rackrate::bind {

namespace {

py::tuple state_of(const scenario::Scenario& scenario) {
  const scenario::PortableScenario portable = scenario.portable();
  return py::make_tuple(
      portable.text, portable.name, portable.digest, portable.files,
      py::bytes(reinterpret_cast<const char*>(portable.places.data()), portable.places.size() * sizeof(std::int32_t)));
}

scenario::Scenario scenario_of(const py::tuple& state) {
  const auto places = state[4].cast<std::string>();
  scenario::PortableScenario portable{state[0].cast<std::string>(), state[1].cast<std::string>(),
                                      state[2].cast<std::string>(), state[3].cast<std::vector<std::string>>(),
                                      std::vector<std::int32_t>(places.size() / sizeof(std::int32_t))};
  std::memcpy(portable.places.data(), places.data(), portable.places.size() * sizeof(std::int32_t));
  return scenario::Scenario::restored(portable);
}

py::tuple state_of_item(const scenario::Item& item) {
  return py::make_tuple(item.path, item.value, item.unit, item.source, item.grade, item.low, item.high, item.note,
                        item.file, item.line, item.column, item.is_default);
}

scenario::Item item_of(const py::tuple& state) {
  const auto text = [&](std::size_t i) { return state[i].cast<std::string>(); };
  return {text(0),
          text(1),
          text(2),
          text(3),
          text(4),
          text(5),
          text(6),
          text(7),
          text(8),
          state[9].cast<int>(),
          state[10].cast<int>(),
          state[11].cast<bool>()};
}

/// (contract, version, clause) of every clause that a text has in force on a date.
std::vector<std::tuple<std::string, std::string, std::string>> clauses_in_force(const std::string& text,
                                                                                const std::string& date) {
  const auto contracts = scenario::read_contract_dates(text);
  std::vector<std::tuple<std::string, std::string, std::string>> out;
  for (const market::ClauseRef& at : market::contracts::clauses_in_force(contracts, day_of(date)))
    out.emplace_back(market::contract_at(contracts, at.contract).name, market::version_at(contracts, at).name,
                     market::clause_at(contracts, at).name);
  return out;
}

/// The version in force on a date, by contract; a contract that has none is left out.
std::map<std::string, std::string> versions_in_force(const std::string& text, const std::string& date) {
  std::map<std::string, std::string> out;
  for (const market::Contract& contract : scenario::read_contract_dates(text))
    if (const auto version = market::contracts::version_in_force(contract, day_of(date)); version.exists())
      out.emplace(contract.name, contract[version].name);
  return out;
}

/// When each contract ends early, by termination or by notice; the others are left out.
std::map<std::string, std::string> contract_ends(const std::string& text) {
  std::map<std::string, std::string> out;
  for (const market::Contract& contract : scenario::read_contract_dates(text))
    if (contract.terminated < core::kNever) out.emplace(contract.name, core::to_string(contract.terminated));
  return out;
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
      .def_readonly("is_default", &Item::is_default)
      .def("__eq__",
           [](const Item& item, const py::object& other) {
             return py::isinstance<Item>(other) && state_of_item(item).equal(state_of_item(other.cast<const Item&>()));
           })
      .def("__hash__", [](const Item& item) { return py::hash(state_of_item(item)); })
      .def("__dask_tokenize__", [](const Item& item) { return py::make_tuple("rackrate.Item", state_of_item(item)); })
      .def("__repr__", [](const Item& item) { return "<rackrate.Item " + item.path + " = " + item.value + ">"; })
      .def(py::pickle(&state_of_item, &item_of));
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
      .def_readonly("may_be_never", &KeyRule::may_be_never)
      .def_readonly("not_above", &KeyRule::not_above)
      .def_readonly("not_below", &KeyRule::not_below);
  module.def("key_rules", &scenario::key_rules, py::arg("scenario"), py::arg("paths"));
  module.def("quantity_in", &scenario::quantity_in, py::arg("text"), py::arg("unit"), py::arg("path"));

  module.def("clauses_in_force", &clauses_in_force, py::arg("text"), py::arg("date"));
  module.def("versions_in_force", &versions_in_force, py::arg("text"), py::arg("date"));
  module.def("contract_ends", &contract_ends, py::arg("text"));
  module.def("json_schema", &scenario::json_schema);
  module.def("reference_page", &scenario::reference_page);
}

}  // namespace rackrate::bind
