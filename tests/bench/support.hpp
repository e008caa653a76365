#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "bench/heap_engine.hpp"
#include "sim/engine/simulator.hpp"

namespace bench_tests {

/// What a run of a benchmark's model came to.
struct Outcome {
  std::uint64_t events = 0;
  std::uint64_t digest = 0;
  std::uint64_t parallel_windows = 0;
};

struct Setting {
  int threads = 1;
  std::uint32_t shards = 4;
};

/// `start(post)` posts the first events; `post(process, time, kind)`.
template <class Model, class Start>
Outcome on_windows(Model& model, const std::vector<std::string>& names, rackrate::core::SimDuration window,
                   rackrate::core::SimTime until, const Setting& setting, const Start& start) {
  rackrate::engine::Simulator<typename Model::Payload> sim(
      names, {.window = window, .shards = setting.shards, .serial_below = 0});
  start([&](std::uint32_t p, rackrate::core::SimTime at, std::uint16_t kind) { sim.post(p, at, kind, {}); });
  const auto executor = setting.threads > 1 ? rackrate::engine::make_thread_executor(setting.threads)
                                            : rackrate::engine::make_serial_executor();
  sim.run_until(model, until, *executor);
  return {sim.statistics().events, model.digest(), sim.statistics().parallel_windows};
}

template <class Model, class Start>
Outcome on_heap(Model& model, const std::vector<std::string>& names, std::size_t pending, rackrate::core::SimTime until,
                const Start& start) {
  bench::HeapEngine<typename Model::Payload> heap(names, pending);
  start([&](std::uint32_t p, rackrate::core::SimTime at, std::uint16_t kind) { heap.post(p, at, kind, {}); });
  const std::uint64_t events = heap.run_until(model, until);
  return {events, model.digest(), 0};
}

}  // namespace bench_tests
