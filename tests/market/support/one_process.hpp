#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/executor.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/market/view/send.hpp"

namespace test {

/// Runs one process of a market alone: its handler gets what is posted to it, and what it sends to others is kept in
/// the order of arrival.
template <class Handler>
struct OneProcess {
  using Payload = rackrate::market::Payload;
  rackrate::market::ProcessId self = 0;
  Handler handler;
  std::vector<rackrate::market::Event> sent;

  void handle(rackrate::market::Context& context, const rackrate::market::Event& event) {
    if (event.target == self)
      handler(context, event);
    else
      sent.push_back(event);
  }
  void at_barrier(rackrate::core::SimTime) {}
  [[nodiscard]] rackrate::core::SimDuration min_delay(rackrate::market::ProcessId, rackrate::market::ProcessId) const {
    return rackrate::core::SimDuration{0};
  }
  [[nodiscard]] std::string process_name(rackrate::market::ProcessId) const { return "process"; }
};

/// Posts events to one process of the regime and runs until `until`; returns what it sent to other processes.
template <class Handler>
std::vector<rackrate::market::Event> run_process(const rackrate::market::Regime& regime,
                                                 rackrate::market::ProcessId self,
                                                 const std::vector<rackrate::market::FirstEvent>& events,
                                                 rackrate::core::SimTime until, Handler handler) {
  rackrate::engine::Options options;
  options.start = regime.compiled.parameters.run.start;
  options.window = regime.compiled.parameters.run.window;
  rackrate::engine::Simulator<rackrate::market::Payload> simulator(regime.process_names, options);
  for (const auto& event : events) rackrate::market::post(simulator, self, event);
  OneProcess<Handler> model{self, std::move(handler), {}};
  (void)simulator.run(model, {.until = until, .stop = nullptr, .profile = nullptr},
                      *rackrate::engine::make_serial_executor());
  return model.sent;
}

}  // namespace test
