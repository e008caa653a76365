// M/M/c: customers come at random, wait for one of c servers, are served for a random time and leave. The mean wait
// of a million of them beside Erlang's formula.
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/engine/periodic.hpp"
#include "sim/engine/simulator.hpp"

using namespace rackrate;

constexpr core::SimDuration kService{1'000'000};   // mean service time: long beside the clock's millisecond
constexpr std::uint64_t kCustomers = 1'000'000;

struct Queues {
  struct Payload {
    std::uint64_t customer = 0;
  };
  enum : std::uint16_t { kOpens, kTick, kArrives, kLeaves };
  /// Two kinds of process. A gate sends each customer to its counter one window ahead of time, because a message
  /// must not take effect in the window in which it is sent; so lookahead does not lengthen any wait.
  struct Gate {
    double arrivals_per_service = 0;
    std::uint64_t next = 0;
    core::SimTime next_at{};
    engine::Periodic<Payload> rounds;   // part of the gate's state
  };
  struct Counter {
    int free = 0;
    std::deque<core::SimTime> waiting;   // since when
    std::uint64_t served = 0;
    core::SimDuration waited{};
  };
  std::vector<Gate> gates;         // process 2 i
  std::vector<Counter> counters;   // process 2 i + 1
  core::Draws draws{/*seed*/ 1, /*replication*/ 0};

  void handle(engine::Context<Payload>& context, const engine::Event<Payload>& event) {
    const std::size_t i = context.self() / 2;
    if (context.self() % 2 == 0) {
      handle_gate(gates[i], context, event);
    } else {
      handle_counter(counters[i], context, event);
    }
  }
  void handle_gate(Gate& gate, engine::Context<Payload>& context, const engine::Event<Payload>& event) {
    if (event.kind == kOpens) {
      gate.next_at = context.window_end();
      gate.rounds.start(context, {.first = context.now(), .period = core::kDay}, kTick);
      return;
    }
    gate.rounds.on_tick(context);
    while (gate.next_at < context.window_end() + core::kDay && gate.next < kCustomers) {
      context.send(context.self() + 1, gate.next_at, kArrives, {gate.next});
      gate.next_at += random_time(context.self(), gate.next++, 1.0 / gate.arrivals_per_service);
    }
    if (gate.next == kCustomers) gate.rounds.stop(context);
  }
  void handle_counter(Counter& counter, engine::Context<Payload>& context, const engine::Event<Payload>& event) {
    if (event.kind == kArrives) counter.waiting.push_back(context.now());
    if (event.kind == kLeaves) ++counter.free;
    while (counter.free > 0 && !counter.waiting.empty()) {   // first come, first served
      --counter.free;
      counter.waited += context.now() - counter.waiting.front();
      counter.waiting.pop_front();
      context.schedule(context.now() + random_time(context.self(), counter.served++, 1.0), kLeaves, {});
    }
  }
  /// Random numbers are addressed: the n-th of a process is the same whoever asks, and when.
  core::SimDuration random_time(engine::ProcessId process, std::uint64_t n, double mean_services) const {
    const double services = mean_services * draws.exponential({.entity = core::name_hash(process_name(process)), .index = n});
    return core::SimDuration{static_cast<std::int64_t>(services * static_cast<double>(kService.count()) + 0.5)};
  }
  core::SimDuration min_delay(engine::ProcessId, engine::ProcessId) const { return core::SimDuration{0}; }
  std::string process_name(engine::ProcessId p) const { return (p % 2 == 0 ? "gate/" : "counter/") + std::to_string(p / 2); }
  void at_barrier(core::SimTime) {}
};

/// Mean wait in service times: Erlang's B by its recursion in the number of servers, C from B.
double erlang_wait(int servers, double load) {
  double b = 1.0;
  for (int n = 1; n <= servers; ++n) b = load * b / (n + load * b);
  const double rho = load / servers;
  return b / (1.0 - rho * (1.0 - b)) / (servers - load);
}

int main() {
  struct Case {
    int servers;
    double utilisation;
  };
  const std::vector<Case> cases{{1, 0.8}, {2, 0.8}, {10, 0.9}};
  Queues model;
  std::vector<std::string> names;
  for (const Case& c : cases) {
    for (int side = 0; side < 2; ++side) names.push_back(model.process_name(static_cast<engine::ProcessId>(names.size())));
    model.gates.push_back({.arrivals_per_service = c.servers * c.utilisation, .rounds = {}});
    model.counters.push_back({.free = c.servers, .waiting = {}});
  }
  engine::Simulator<Queues::Payload> sim(names, {.start = core::date(2026, 1, 1), .window = core::kDay});
  for (engine::ProcessId gate = 0; gate < names.size(); gate += 2) sim.post(gate, core::date(2026, 1, 1), Queues::kOpens, {});

  sim.run_until(model, core::kNever, *engine::make_tbb_executor());   // until nothing is left to happen

  std::printf("servers  utilisation  customers  mean wait  Erlang C  difference\n");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& counter = model.counters[i];
    const double wait = static_cast<double>(counter.waited.count()) / static_cast<double>(counter.served) / static_cast<double>(kService.count());
    const double expected = erlang_wait(cases[i].servers, cases[i].servers * cases[i].utilisation);
    std::printf("%7d  %11.2f  %9llu  %9.4f  %8.4f  %+9.2f%%\n", cases[i].servers, cases[i].utilisation,
                static_cast<unsigned long long>(counter.served), wait, expected, 100.0 * (wait / expected - 1.0));
  }
}
