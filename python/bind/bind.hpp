#pragma once
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <string>

#include "sim/core/sim_time.hpp"
#include "sim/record/result_arrays.hpp"

// One function per room of sim/, each in <room>.bind.cpp. Bindings hold no defaults and no logic:
// names, defaults and documentation live in python/rackrate.
namespace rackrate::bind {

/// The instant that a text states. Throws: ScenarioError that names the key.
[[nodiscard]] core::SimTime day_of(const std::string& text, const char* key = "date");

/// The content of a result as plain values and numpy arrays, which share the memory of `arrays`.
[[nodiscard]] pybind11::dict content_of(std::shared_ptr<record::ResultArrays> arrays);

void bind_core(pybind11::module_& module);
void bind_scenario(pybind11::module_& module);
void bind_record(pybind11::module_& module);
void bind_study(pybind11::module_& module);
void bind_sweep(pybind11::module_& module);

}  // namespace rackrate::bind
