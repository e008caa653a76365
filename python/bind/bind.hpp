#pragma once
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

// One function per room of sim/, each in <room>.bind.cpp. Bindings hold no defaults and no logic:
// names, defaults and documentation live in python/rackrate.
namespace rackrate::bind {

void bind_core(pybind11::module_& module);
void bind_scenario(pybind11::module_& module);
void bind_record(pybind11::module_& module);
void bind_study(pybind11::module_& module);
void bind_sweep(pybind11::module_& module);

}  // namespace rackrate::bind
