#include <cmath>

#include "bench/phold_model.hpp"
#include "tests/bench/support.hpp"
#include "tests/support/catch.hpp"

namespace {

using bench_tests::Outcome;
using bench_tests::Setting;

const bench::PholdParameters kSmall{
    .processes = 200, .events_per_process = 4, .remote = 0.25, .lookahead = 1.0, .mean_delay = 16.0};

template <class Post>
void start(const bench::PholdParameters& p, const Post& post) {
  bench::phold_start(p, [&](std::uint32_t process, rackrate::core::SimTime at) { post(process, at, 0); });
}
Outcome windows(const bench::PholdParameters& p, double end, const Setting& setting) {
  bench::PholdModel model(p);
  return bench_tests::on_windows(model, bench::phold_names(p), bench::ticks(p.lookahead), bench::instant(end), setting,
                                 [&](const auto& post) { start(p, post); });
}
Outcome heap(const bench::PholdParameters& p, double end) {
  bench::PholdModel model(p);
  return bench_tests::on_heap(model, bench::phold_names(p), std::size_t{p.processes} * p.events_per_process,
                              bench::instant(end), [&](const auto& post) { start(p, post); });
}

TEST_CASE("PHOLD handles the same events on the heap and in windows, with one thread and two, in any number of shards",
          "[bench]") {
  const Outcome expected = heap(kSmall, 60.0);
  for (const Setting& setting : {Setting{1, 1}, Setting{1, 16}, Setting{2, 2}, Setting{2, 16}}) {
    const Outcome got = windows(kSmall, 60.0, setting);
    CHECK(got.events == expected.events);
    CHECK(got.digest == expected.digest);
    if (setting.threads == 2) CHECK(got.parallel_windows > 0);
  }
}

TEST_CASE("one changed delay shows in PHOLD's digest", "[bench]") {
  bench::PholdParameters other = kSmall;
  other.mean_delay += 1e-4;
  CHECK(heap(kSmall, 60.0).digest != heap(other, 60.0).digest);
}

TEST_CASE("PHOLD handles N M E / (L + D) events, within four standard errors", "[bench]") {
  // Every one of the N M chains is a renewal process in equilibrium with intervals L + Exp(D): mean L + D,
  // variance D^2. Its count in [0, E) has mean E / (L + D) and, for E of many intervals, variance
  // E D^2 / (L + D)^3 (+ 0.003 here). Whole and fractional times, short means and long ones.
  struct Case {
    double lookahead, mean_delay, end;
  };
  for (const Case& c : {Case{1.0, 16.0, 400.0}, Case{0.5, 1.25, 60.5}, Case{1.0, 0.001, 30.0}}) {
    const bench::PholdParameters p{.processes = 500,
                                   .events_per_process = 4,
                                   .remote = 0.25,
                                   .lookahead = c.lookahead,
                                   .mean_delay = c.mean_delay};
    const double interval = c.lookahead + c.mean_delay;
    const double chains = 2000.0;
    const double expected = chains * c.end / interval;
    const double error =
        std::sqrt(chains * (c.end * c.mean_delay * c.mean_delay / (interval * interval * interval) + 0.25));
    // (0.25: a nearly constant interval leaves the fraction of one interval, a Bernoulli variable.)
    const Outcome got = windows(p, c.end, {});
    CHECK(std::fabs(static_cast<double>(got.events) - expected) < 4.0 * error);
  }
}

TEST_CASE("a share of PHOLD's successors leaves its process, as many as asked for", "[bench]") {
  // Successors go to a random process with probability 0.25, which is another one with 199 / 200. On four
  // shards that is what the engine counts as messages.
  bench::PholdModel model(kSmall);
  rackrate::engine::Simulator<bench::PholdModel::Payload> sim(bench::phold_names(kSmall),
                                                              {.window = bench::ticks(1.0), .shards = 4});
  start(kSmall, [&](std::uint32_t p, rackrate::core::SimTime at, std::uint16_t kind) { sim.post(p, at, kind, {}); });
  sim.run_until(model, bench::instant(400.0), *rackrate::engine::make_serial_executor());
  const auto events = static_cast<double>(sim.statistics().events);
  const double q = 0.25 * 199.0 / 200.0;
  CHECK(std::fabs(static_cast<double>(sim.statistics().messages) - q * events) <
        4.0 * std::sqrt(q * (1.0 - q) * events));
}

}  // namespace
