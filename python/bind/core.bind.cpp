#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "python/bind/bind.hpp"
#include "python/bind/in_use.hpp"
#include "sim/core/error.hpp"
#include "sim/core/utf8.hpp"

namespace py = pybind11;

namespace rackrate::bind {
namespace {

// Exception types live as long as the interpreter; the module owns a reference too.
PyObject* new_error(py::module_& module, const char* name, PyObject* base, const char* doc) {
  const std::string full = std::string("rackrate.") + name;
  PyObject* type = PyErr_NewExceptionWithDoc(full.c_str(), doc, base, nullptr);
  if (!type) throw py::error_already_set();
  module.add_object(name, type);
  return type;
}

PyObject* scenario_error = nullptr;
PyObject* causality_error = nullptr;
PyObject* ledger_error = nullptr;
PyObject* result_file_error = nullptr;
PyObject* in_use_error = nullptr;

// A sentence may quote bytes of a file name that are no UTF-8; Python would refuse them.
// str(error) is one sentence per line; .mistakes has them as (file, line, column, key, got, expected, remedy).
void raise_scenario_error(const core::ScenarioError& error) {
  py::list mistakes;
  for (const auto& mistake : error.mistakes())
    mistakes.append(py::make_tuple(core::escaped_utf8(mistake.where.file), mistake.where.line, mistake.where.column,
                                   core::escaped_utf8(mistake.where.key), core::escaped_utf8(mistake.got),
                                   core::escaped_utf8(mistake.expected), core::escaped_utf8(mistake.remedy)));
  const py::object instance = py::reinterpret_borrow<py::object>(scenario_error)(core::escaped_utf8(error.what()));
  instance.attr("mistakes") = mistakes;
  PyErr_SetObject(scenario_error, instance.ptr());
}

}  // namespace

void bind_core(py::module_& module) {
  scenario_error = new_error(module, "ScenarioError", PyExc_ValueError,
                             "The scenario, an option or a name is wrong: one sentence per mistake, with its place.");
  causality_error = new_error(module, "CausalityError", PyExc_RuntimeError,
                              "A message between processes broke the declared lookahead.");
  ledger_error = new_error(module, "LedgerError", PyExc_RuntimeError, "The books of a run did not close.");
  result_file_error = new_error(module, "ResultFileError", PyExc_OSError, "A result file cannot be read or written.");
  in_use_error =
      new_error(module, "InUseError", PyExc_RuntimeError, "A simulation was called while another thread runs it.");

  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const core::ScenarioError& error) {
      raise_scenario_error(error);
    } catch (const core::CausalityError& error) {
      PyErr_SetString(causality_error, core::escaped_utf8(error.what()).c_str());
    } catch (const core::LedgerError& error) {
      PyErr_SetString(ledger_error, core::escaped_utf8(error.what()).c_str());
    } catch (const core::ResultFileError& error) {
      PyErr_SetString(result_file_error, core::escaped_utf8(error.what()).c_str());
    } catch (const InUse& error) {
      PyErr_SetString(in_use_error, error.what());
    } catch (const core::Interrupted&) {
      PyErr_SetNone(PyExc_KeyboardInterrupt);
    }
  });

  module.attr("__version__") = RACKRATE_VERSION;
  module.attr("build_type") = RACKRATE_BUILD_TYPE;
  module.def("nearest", &core::nearest, py::arg("name"), py::arg("candidates"));
}

}  // namespace rackrate::bind
