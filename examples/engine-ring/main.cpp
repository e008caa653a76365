// A ring of two shards: six towers pass tokens round. The same run on one shard and on two, on one thread and on
// several, ends in the same state to the last bit.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "sim/engine/simulator.hpp"

using namespace rackrate;

/// 1. The model: all state, by process, and what a process does with an event.
struct Ring {
  struct Payload {
    std::uint32_t token;
  };
  struct Tower {
    std::uint64_t handled = 0;
    std::uint64_t digest = 0;  // depends on the order in which tokens came
  };
  std::vector<Tower> towers = std::vector<Tower>(6);

  void handle(engine::Context<Payload>& context, const engine::Event<Payload>& event) {
    Tower& tower = towers[context.self()];  // its own state, and no other's
    ++tower.handled;
    const auto now = static_cast<std::uint64_t>(context.now().time_since_epoch().count());
    tower.digest = (tower.digest ^ now ^ event.payload.token) * 0x9e3779b97f4a7c15ULL;
    // Each token has its own pace. A message must carry at least the lookahead, one day.
    const auto next = static_cast<engine::ProcessId>((context.self() + 1) % towers.size());
    context.send(next, context.now() + core::kDay + (event.payload.token + 1) * core::kHour, 0, event.payload);
  }
  core::SimDuration min_delay(engine::ProcessId, engine::ProcessId) const { return core::kDay; }
  std::string process_name(engine::ProcessId p) const { return "tower/" + std::to_string(p); }
  void at_barrier(core::SimTime) {}
};

/// 2. One run: name the processes, post the first events, go.
void run(const char* title, std::uint32_t shards, engine::Executor& executor) {
  Ring ring;
  std::vector<std::string> names;
  for (engine::ProcessId p = 0; p < ring.towers.size(); ++p) names.push_back(ring.process_name(p));
  const core::SimTime start = core::date(2026, 1, 1);
  engine::Simulator<Ring::Payload> sim(names,
                                       {.start = start, .window = core::kDay, .shards = shards, .serial_below = 0});
  for (std::uint32_t token = 0; token < 10; ++token) sim.post(token % 6, start, 0, {token});

  sim.run_until(ring, core::date(2027, 1, 1), executor);

  std::uint64_t digest = 0;
  for (const Ring::Tower& tower : ring.towers) digest = (digest ^ tower.digest) * 0x9e3779b97f4a7c15ULL + tower.handled;
  std::printf("%-22s %5llu events  several threads: %-3s  digest %016llx\n", title,
              static_cast<unsigned long long>(sim.statistics().events),
              sim.statistics().parallel_windows > 0 ? "yes" : "no", static_cast<unsigned long long>(digest));
}

/// 3. Shards group towers for execution, an executor brings the threads. Neither changes a result.
int main() {
  run("1 shard, serial", 1, *engine::make_serial_executor());
  run("2 shards, serial", 2, *engine::make_serial_executor());
  run("2 shards, 2 threads", 2, *engine::make_thread_executor(2));
  run("2 shards, TBB", 2, *engine::make_tbb_executor(2));
  run("5 shards, 3 threads", 5, *engine::make_thread_executor(3));
}
