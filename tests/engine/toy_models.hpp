#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/math.hpp"
#include "sim/core/random.hpp"
#include "sim/engine/simulator.hpp"

/// Small models that the engine's tests share.
namespace toys {

using rackrate::core::SimDuration;
using rackrate::core::SimTime;
using rackrate::engine::Event;
using rackrate::engine::Handle;
using rackrate::engine::ProcessId;

inline constexpr SimTime at(std::int64_t ms) { return SimTime{SimDuration{ms}}; }
inline constexpr SimDuration ms(std::int64_t n) { return SimDuration{n}; }

inline std::vector<std::string> names(std::size_t n) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back("process/" + std::to_string(i));
  return out;
}

/// The TBB executor; under the thread sanitizer, which cannot see through an uninstrumented TBB and
/// would report its insides, plain threads instead.
inline std::unique_ptr<rackrate::engine::Executor> tbb_executor(int threads) {
#if defined(__SANITIZE_THREAD__)
  return rackrate::engine::make_thread_executor(threads);
#else
  return rackrate::engine::make_tbb_executor(threads);
#endif
}

inline std::uint64_t mix(std::uint64_t h, std::uint64_t x) {
  h = (h ^ x) * 0x9e3779b97f4a7c15ULL;
  return h ^ (h >> 29);
}

/// PHOLD (Fujimoto 1990): each event sends one successor, to a random process or to its own.
struct Phold {
  struct Payload {
    std::uint64_t hops = 0;
    friend bool operator==(const Payload&, const Payload&) = default;
  };
  rackrate::core::Draws draws{7, 0};
  double remote = 0.25;
  SimDuration lookahead = ms(1000);
  SimDuration mean = ms(16'000);
  std::vector<std::uint64_t> count;     ///< by process, also the address of its next draw
  std::vector<std::uint64_t> state;     ///< by process, depends on the order of its events
  std::vector<std::uint64_t> barriers;  ///< what at_barrier saw

  explicit Phold(std::size_t n) : count(n, 0), state(n, 0) {}
  template <class Context>
  void handle(Context& context, const Event<Payload>& event) {
    const ProcessId p = context.self();
    const auto bits = draws.block({.entity = p, .purpose = 1, .index = count[p]++});
    state[p] = mix(state[p], static_cast<std::uint64_t>(event.time.time_since_epoch().count()) ^ event.tie);
    const double e = -rackrate::core::math::log(rackrate::core::to_unit(bits[0]));
    const SimTime when =
        context.now() + lookahead + ms(static_cast<std::int64_t>(e * static_cast<double>(mean.count())));
    const bool away = rackrate::core::to_unit(bits[1]) < remote;
    const auto to = away ? static_cast<ProcessId>(bits[2] % count.size()) : p;
    context.send(to, std::max(when, context.window_end()), 0, {event.payload.hops + 1});
  }
  [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return lookahead; }
  [[nodiscard]] std::string process_name(ProcessId p) const { return "process/" + std::to_string(p); }
  void at_barrier(SimTime end) {
    std::uint64_t h = static_cast<std::uint64_t>(end.time_since_epoch().count());
    for (const std::uint64_t s : state) h = mix(h, s);
    barriers.push_back(h);
  }
  friend bool operator==(const Phold& a, const Phold& b) {
    return a.count == b.count && a.state == b.state && a.barriers == b.barriers;
  }
};

inline rackrate::engine::Simulator<Phold::Payload> phold_simulator(std::size_t n, std::uint64_t per_process,
                                                                   rackrate::engine::Options options) {
  rackrate::engine::Simulator<Phold::Payload> sim(names(n), options);
  for (ProcessId p = 0; p < n; ++p) {
    for (std::uint64_t i = 0; i < per_process; ++i)
      sim.post(p, options.start + ms(static_cast<std::int64_t>((p * 37 + i * 101) % 5000)), 0, {});
  }
  return sim;
}

}  // namespace toys
