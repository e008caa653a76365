#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "bench/counter_random.hpp"
#include "bench/huge_pages.hpp"
#include "sim/engine/event.hpp"

namespace bench {

/// Times in units; one unit is kTicksPerUnit ticks.
struct PholdParameters {
  std::uint32_t processes = 1024;
  std::uint32_t events_per_process = 16;
  double remote = 0.25;
  double lookahead = 1.0;
  double mean_delay = 16.0;
  bool prefetch = true;  ///< ask memory for states ahead; only an engine that knows what comes next can
};

[[nodiscard]] inline rackrate::core::SimDuration ticks(double units) {
  return rackrate::core::SimDuration{static_cast<std::int64_t>(units * kTicksPerUnit + 0.5)};
}
[[nodiscard]] inline rackrate::core::SimTime instant(double units) { return rackrate::core::SimTime{ticks(units)}; }

/// PHOLD with 64 bytes of state per process: each event, when handled, sends one successor after
/// lookahead + Exp(mean delay), with probability `remote` to a process chosen at random, else to its own.
/// So N M events are always pending, and N M E / (L + D) are expected to be handled in [0, E).
/// Source: Fujimoto (1990), Performance of Time Warp under synthetic workloads.
class PholdModel {
 public:
  struct Payload {};

  explicit PholdModel(const PholdParameters& p)
      : processes_(p.processes),
        remote_below_(static_cast<std::uint64_t>(p.remote * 0x1.0p32)),
        lookahead_(ticks(p.lookahead)),
        mean_ticks_(p.mean_delay * kTicksPerUnit),
        prefetch_(p.prefetch),
        states_(p.processes) {}

  template <class Context>
  void handle(Context& context, const rackrate::engine::Event<Payload>& event) {
    const rackrate::engine::ProcessId self = context.self();
    State& s = states_[self];
    const std::uint64_t index = s.count++;
    s.trace = trace_event(s.trace, static_cast<std::uint64_t>(event.time.time_since_epoch().count()), event.tie);
    const double delay = exponential_(random_bits(self, index)) * mean_ticks_;
    const auto at = context.now() + lookahead_ + rackrate::core::SimDuration{static_cast<std::int64_t>(delay)};
    const std::uint64_t route = random_bits(self, index, 1);
    if ((route & 0xffff'ffff) < remote_below_) {
      context.send(static_cast<std::uint32_t>((route >> 32) * processes_ >> 32), at, 0, {});
    } else {
      context.schedule(at, 0, {});
    }
  }
  /// The engine names processes whose events come next; their state is then on its way.
  void prefetch(rackrate::engine::ProcessId p) const {
    if (prefetch_) __builtin_prefetch(&states_[p], 1);
  }
  [[nodiscard]] rackrate::core::SimDuration min_delay(std::uint32_t, std::uint32_t) const { return lookahead_; }
  [[nodiscard]] std::string process_name(std::uint32_t p) const { return "p/" + std::to_string(p); }
  void at_barrier(rackrate::core::SimTime) {}

  /// Of every process's sequence of events.
  [[nodiscard]] std::uint64_t digest() const {
    std::uint64_t sum = 0;
    for (const State& s : states_) sum = (sum ^ s.trace) * 0xd6e8feb86659fd93ULL + s.count;
    return sum;
  }

 private:
  struct alignas(64) State {
    std::uint64_t count = 0;
    std::uint64_t trace = 0;
    std::uint64_t rest[6] = {};
  };
  std::uint32_t processes_;
  std::uint64_t remote_below_;
  rackrate::core::SimDuration lookahead_;
  double mean_ticks_;
  bool prefetch_;
  Ziggurat exponential_;
  HugeVector<State> states_;
};

[[nodiscard]] inline std::vector<std::string> phold_names(const PholdParameters& p) {
  std::vector<std::string> names;
  names.reserve(p.processes);
  for (std::uint32_t i = 0; i < p.processes; ++i) names.push_back("p/" + std::to_string(i));
  return names;
}

/// Posts the first events as a steady state would have left them, so that the count of events is right
/// from time 0: the rest of a delay that began in the past is uniform over the lookahead with
/// probability L / (L + D), else L + Exp(D) (the equilibrium renewal process).
template <class Post>
void phold_start(const PholdParameters& p, Post post) {
  const Ziggurat exponential;
  const double inside = p.lookahead / (p.lookahead + p.mean_delay);
  constexpr std::uint64_t kFirst = std::uint64_t{1} << 63;  // words of their own, apart from the handlers'
  for (std::uint32_t i = 0; i < p.processes; ++i) {
    for (std::uint32_t k = 0; k < p.events_per_process; ++k) {
      const double u = unit_from(random_bits(i, kFirst + k));
      const double rest = u < inside ? u / inside * p.lookahead
                                     : p.lookahead + exponential(random_bits(i, kFirst + k, 1)) * p.mean_delay;
      post(i, instant(rest));
    }
  }
}

}  // namespace bench
