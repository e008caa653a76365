// PHOLD (Fujimoto 1990), the yardstick of parallel discrete-event engines: every event sends one successor, after
// L + Exp(D), now and then to another process.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/engine/simulator.hpp"

using namespace rackrate;

constexpr std::uint32_t kProcesses = 64;
constexpr std::uint32_t kEventsPerProcess = 8;
constexpr core::SimDuration kLookahead{1'000};  // L; also the window
constexpr core::SimDuration kMean{16'000};      // D
constexpr core::SimTime kEnd{core::SimDuration{4'000'000}};

struct Phold {
  struct Payload {
    std::uint64_t hops = 0;
  };
  struct State {
    std::uint64_t handled = 0;
    std::uint64_t digest = 0;
  };
  std::vector<State> states = std::vector<State>(kProcesses);
  core::Draws draws{/*seed*/ 1, /*replication*/ 0};

  void handle(engine::Context<Payload>& context, const engine::Event<Payload>& event) {
    State& state = states[context.self()];
    state.digest =
        (state.digest ^ static_cast<std::uint64_t>(context.now().time_since_epoch().count())) * 0x9e3779b97f4a7c15ULL +
        event.payload.hops;
    const core::Address address{.entity = context.self(), .purpose = 1, .index = state.handled++};
    const double delay = draws.exponential(address) * static_cast<double>(kMean.count());
    const auto at = context.now() + kLookahead + core::SimDuration{static_cast<std::int64_t>(delay)};
    const bool remote = draws.below({address.entity, 2, address.index}, 4) == 0;  // one in four
    const auto to = remote ? static_cast<engine::ProcessId>(draws.below({address.entity, 3, address.index}, kProcesses))
                           : context.self();
    context.send(to, at, 0, {event.payload.hops + 1});
  }
  core::SimDuration min_delay(engine::ProcessId, engine::ProcessId) const { return kLookahead; }
  std::string process_name(engine::ProcessId p) const { return "process/" + std::to_string(p); }
  void at_barrier(core::SimTime) {}
};

std::uint64_t run(const char* title, engine::Executor& executor) {
  Phold model;
  std::vector<std::string> names;
  for (engine::ProcessId p = 0; p < kProcesses; ++p) names.push_back(model.process_name(p));
  engine::Simulator<Phold::Payload> sim(names, {.window = kLookahead, .serial_below = 0});
  for (std::uint32_t i = 0; i < kProcesses * kEventsPerProcess; ++i) {
    sim.post(i % kProcesses,
             core::SimTime{core::SimDuration{static_cast<std::int64_t>(model.draws.below({.entity = i}, 17'000))}}, 0,
             {});
  }
  sim.run_until(model, kEnd, executor);

  std::uint64_t digest = 0;
  for (const Phold::State& state : model.states)
    digest = (digest ^ state.digest) * 0x9e3779b97f4a7c15ULL + state.handled;
  std::printf("%-10s %llu events, %llu of them from another process, digest %016llx\n", title,
              static_cast<unsigned long long>(sim.statistics().events),
              static_cast<unsigned long long>(sim.statistics().messages), static_cast<unsigned long long>(digest));
  return sim.statistics().events;
}

int main() {
  const std::uint64_t events = run("serial", *engine::make_serial_executor());
  run("2 threads", *engine::make_thread_executor(2));
  run("TBB", *engine::make_tbb_executor());
  // Renewal theory: each of N M events recurs once in L + D on average.
  const auto expected = static_cast<std::uint64_t>(kProcesses * kEventsPerProcess * kEnd.time_since_epoch().count() /
                                                   (kLookahead + kMean).count());
  std::printf("expected   %llu events, N M E / (L + D); handled %+.2f%%\n", static_cast<unsigned long long>(expected),
              100.0 * (static_cast<double>(events) / static_cast<double>(expected) - 1.0));
}
