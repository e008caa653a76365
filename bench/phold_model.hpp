#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/math.hpp"
#include "sim/core/random.hpp"
#include "sim/engine/event.hpp"

namespace bench {

struct PholdParameters {
  std::uint32_t processes = 1024;
  std::uint32_t events_per_process = 16;
  double remote = 0.25;
  std::int64_t lookahead_ms = 1000;
  double mean_delay_ms = 16'000.0;
  std::int64_t end_ms = 1'000'000;
};

/// PHOLD (Fujimoto 1990) with 64 bytes of state per process and a pair of Philox words per event.
class PholdModel {
 public:
  struct Payload {};

  explicit PholdModel(const PholdParameters& p) : parameters_(p), states_(p.processes) {}

  template <class Context>
  void handle(Context& context, const rackrate::engine::Event<Payload>& event) {
    using rackrate::core::SimDuration;
    const rackrate::engine::ProcessId self = context.self();
    State& s = states_[self];
    const auto bits = draws_.block({.entity = self, .index = s.count});
    ++s.count;
    // Order-sensitive, so the digest tells two orders of a process's events apart.
    s.trace = (s.trace ^ static_cast<std::uint64_t>(event.time.time_since_epoch().count()) ^ event.tie << 20) * 0x9e3779b97f4a7c15ULL;
    s.trace ^= s.trace >> 29;
    const double delay = -rackrate::core::math::log(rackrate::core::to_unit(bits[0])) * parameters_.mean_delay_ms;
    const auto at = context.now() + SimDuration{parameters_.lookahead_ms + static_cast<std::int64_t>(delay)};
    if (rackrate::core::to_unit(bits[1]) < parameters_.remote) {
      const auto to = static_cast<std::uint32_t>((bits[2] >> 32) * parameters_.processes >> 32);
      context.send(to, at, 0, {});
    } else {
      context.schedule(at, 0, {});
    }
  }
  [[nodiscard]] rackrate::core::SimDuration min_delay(std::uint32_t, std::uint32_t) const { return rackrate::core::SimDuration{parameters_.lookahead_ms}; }
  [[nodiscard]] std::string process_name(std::uint32_t p) const { return "p/" + std::to_string(p); }
  void at_barrier(rackrate::core::SimTime) {}

  [[nodiscard]] std::uint64_t digest() const {
    std::uint64_t sum = 0;
    for (const State& s : states_) sum = (sum ^ s.trace) * 0xd6e8feb86659fd93ULL + s.count;
    return sum;
  }

 private:
  struct alignas(64) State {
    std::uint64_t count = 0;
    std::uint64_t trace = 0;
    std::uint64_t padding[6] = {};
  };
  PholdParameters parameters_;
  rackrate::core::Draws draws_{1, 0};
  std::vector<State> states_;
};

inline std::vector<std::string> phold_names(const PholdParameters& p) {
  std::vector<std::string> names;
  names.reserve(p.processes);
  for (std::uint32_t i = 0; i < p.processes; ++i) names.push_back("p/" + std::to_string(i));
  return names;
}

/// The initial events, spread over the mean delay.
template <class Post>
void phold_start(const PholdParameters& p, Post post) {
  const rackrate::core::Draws draws{1, 1};
  for (std::uint32_t i = 0; i < p.processes; ++i) {
    for (std::uint32_t k = 0; k < p.events_per_process; ++k) {
      const double u = draws.uniform({.entity = i, .index = k});
      post(i, rackrate::core::SimTime{rackrate::core::SimDuration{static_cast<std::int64_t>(u * p.mean_delay_ms)}});
    }
  }
}

}  // namespace bench
