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

constexpr double kService = 1e6;  // mean service time in milliseconds: long beside the clock's one
constexpr std::uint64_t kCustomers = 1'000'000;

struct Queues {
  struct Payload {};
  enum : std::uint16_t { kOpens, kTick, kArrives, kLeaves };
  /// Two kinds of process. A gate sends each customer to its counter one window ahead of time, because a message
  /// must not take effect in the window in which it is sent; so lookahead does not lengthen any wait.
  struct Gate {
    double mean_gap = 0;
    std::uint64_t sent = 0;
    core::SimTime next{};
    engine::Periodic<Payload> rounds;
  };
  struct Counter {
    int free = 0;
    std::deque<core::SimTime> waiting;  // since when
    std::uint64_t served = 0;
    core::SimDuration waited{};
  };
  std::vector<Gate> gates;        // process 2 i
  std::vector<Counter> counters;  // process 2 i + 1
  core::Draws draws{/*seed*/ 1, /*replication*/ 0};

  void handle(engine::Context<Payload>& context, const engine::Event<Payload>& event) {
    const std::size_t i = context.self() / 2;
    return context.self() % 2 == 0 ? handle(gates[i], context, event) : handle(counters[i], context, event);
  }
  void handle(Gate& gate, engine::Context<Payload>& context, const engine::Event<Payload>& event) {
    if (event.kind == kOpens) {
      gate.next = context.window_end();
      return gate.rounds.start(context, {.first = context.now(), .period = core::kDay}, kTick);
    }
    gate.rounds.on_tick(context);
    for (; gate.next < context.window_end() + core::kDay && gate.sent < kCustomers; ++gate.sent) {
      context.send(context.self() + 1, gate.next, kArrives, {});
      gate.next += random_time(context.self(), gate.sent, gate.mean_gap);
    }
    if (gate.sent == kCustomers) gate.rounds.stop(context);
  }
  void handle(Counter& counter, engine::Context<Payload>& context, const engine::Event<Payload>& event) {
    if (event.kind == kArrives) counter.waiting.push_back(context.now());
    if (event.kind == kLeaves) ++counter.free;
    while (counter.free > 0 && !counter.waiting.empty()) {  // first come, first served
      --counter.free;
      counter.waited += context.now() - counter.waiting.front();
      counter.waiting.pop_front();
      context.schedule(context.now() + random_time(context.self(), counter.served++, kService), kLeaves, {});
    }
  }
  /// Random numbers are addressed: the n-th of a name is the same whoever asks, when, and how many others there are.
  core::SimDuration random_time(engine::ProcessId process, std::uint64_t n, double mean) const {
    const double draw = draws.exponential({.entity = core::name_hash(process_name(process)), .index = n});
    return core::SimDuration{static_cast<std::int64_t>(mean * draw + 0.5)};
  }
  core::SimDuration min_delay(engine::ProcessId, engine::ProcessId) const { return core::SimDuration{0}; }
  std::string process_name(engine::ProcessId p) const {
    return (p % 2 == 0 ? "gate/" : "counter/") + std::to_string(p / 2);
  }
  void at_barrier(core::SimTime) {}
};

/// Mean wait in service times: Erlang's B by its recursion in the number of servers, C from B.
double erlang_wait(int servers, double utilisation) {
  const double load = servers * utilisation;
  double b = 1.0;
  for (int n = 1; n <= servers; ++n) b = load * b / (n + load * b);
  return b / (1.0 - utilisation * (1.0 - b)) / (servers - load);
}

int main() {
  const std::vector<int> servers{1, 2, 10};
  const std::vector<double> utilisation{0.8, 0.8, 0.9};
  Queues model;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    model.gates.push_back({.mean_gap = kService / (servers[i] * utilisation[i]), .rounds = {}});
    model.counters.push_back({.free = servers[i], .waiting = {}});
  }
  std::vector<std::string> names;
  for (engine::ProcessId p = 0; p < 2 * servers.size(); ++p) names.push_back(model.process_name(p));
  engine::Simulator<Queues::Payload> sim(names, {.start = core::date(2026, 1, 1), .window = core::kDay});
  for (engine::ProcessId gate = 0; gate < names.size(); gate += 2)
    sim.post(gate, core::date(2026, 1, 1), Queues::kOpens, {});

  sim.run_until(model, core::kNever, *engine::make_tbb_executor());  // until nothing is left to happen

  std::printf("servers  utilisation  customers  mean wait  Erlang C  difference\n");
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const auto& counter = model.counters[i];
    const double wait = static_cast<double>(counter.waited.count()) / static_cast<double>(counter.served) / kService;
    const double expected = erlang_wait(servers[i], utilisation[i]);
    std::printf("%7d  %11.2f  %9llu  %9.4f  %8.4f  %+9.2f%%\n", servers[i], utilisation[i],
                static_cast<unsigned long long>(counter.served), wait, expected, 100.0 * (wait / expected - 1.0));
  }
}
