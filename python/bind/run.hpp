#pragma once
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <future>

#include <pybind11/pybind11.h>

namespace rackrate::bind {

/// Runs `work(stop)` on a thread of its own without the GIL. The calling thread looks up every 50 ms: it takes
/// the GIL, lets Python handle signals and calls `tick`. Ctrl-C, or an exception from `tick`, sets `stop`;
/// the work ends at its next window and the exception goes on once it has.
template <class Work>
void run_watched(Work&& work, const std::function<void()>& tick = {}) {
  std::atomic<bool> stop{false};
  std::exception_ptr raised;
  {
    pybind11::gil_scoped_release release;
    auto done = std::async(std::launch::async, [&] { work(stop); });
    while (done.wait_for(std::chrono::milliseconds{50}) != std::future_status::ready) {
      pybind11::gil_scoped_acquire acquire;
      if (stop) continue;
      try {
        if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set();
        if (tick) tick();
      } catch (...) {
        raised = std::current_exception();
        stop = true;
      }
    }
    try {
      done.get();
    } catch (...) {
      if (!raised) raised = std::current_exception();
    }
  }
  if (raised) std::rethrow_exception(raised);
}

}  // namespace rackrate::bind
