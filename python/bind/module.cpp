#include "python/bind/bind.hpp"

PYBIND11_MODULE(_core, module) {
  module.doc() = "The C++ library of rackrate. Use the package rackrate, which names and documents all of this.";
  rackrate::bind::bind_core(module);
  rackrate::bind::bind_scenario(module);
  rackrate::bind::bind_record(module);
  rackrate::bind::bind_study(module);
  rackrate::bind::bind_sweep(module);
}
