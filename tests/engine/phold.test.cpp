#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/engine/simulator.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;

namespace {
constexpr double kLookahead = 1000.0;
constexpr double kMean = 16'000.0;

/// Moments of one chain of events, a renewal process: it waits X = L + floor(Exp(D)) between events,
/// wherever it goes. With q = exp(-1/D), floor(Exp(D)) is geometric: mean q/(1-q), variance q/(1-q)^2.
struct Chain {
  double mean = kLookahead + 1.0 / std::expm1(1.0 / kMean);
  double variance = std::exp(-1.0 / kMean) / std::pow(-std::expm1(-1.0 / kMean), 2.0);
  double third = 2.0 * kMean * kMean * kMean;  ///< central moment (of the exponential: the floor moves it by 1e-8)

  /// Expected events before `end` of a chain whose first event is at `first`: that one, and the renewals of the
  /// time left, t/mu + (sigma^2 - mu^2)/(2 mu^2) (Cox 1962, section 4.2; less 1/(2 mu) as time is in whole
  /// milliseconds).
  [[nodiscard]] double expected(double first, double end) const {
    return 1.0 + (end - first - 0.5) / mean + (variance - mean * mean) / (2.0 * mean * mean);
  }
  /// Variance of that number: sigma^2 t / mu^3 + 1/12 + 5 sigma^4/(4 mu^4) - 2 mu_3/(3 mu^3) (Cox 1962, section 4.5).
  [[nodiscard]] double spread(double first, double end) const {
    return variance * (end - first) / (mean * mean * mean) + 1.0 / 12.0 +
           1.25 * variance * variance / std::pow(mean, 4.0) - 2.0 * third / (3.0 * std::pow(mean, 3.0));
  }
};
}  // namespace

TEST_CASE("PHOLD handles as many events as its renewal rate says, and varies as much", "[engine][oracle]") {
  // N = 10 processes with M = 4 chains each, E = 4 x 10^6: N M E / (L + D) = 9412 events by the rate alone. The chains
  // begin with an event each, within 5 s, instead of in equilibrium: that adds 40 x 0.94 events, and takes away 40
  // first times of some 0.1 s to 5 s over mu. Chains do not see each other, so variances add up: a standard deviation
  // of 91 events.
  constexpr std::size_t kProcesses = 10;
  constexpr std::uint64_t kChains = 4;
  constexpr std::int64_t kEnd = 4'000'000;
  constexpr std::uint64_t kRuns = 100;
  const Chain chain;
  const auto serial = rackrate::engine::make_serial_executor();
  double sum = 0.0;
  double squares = 0.0;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    Phold model(kProcesses);
    model.draws = rackrate::core::Draws{seed, 1};
    auto sim = phold_simulator(kProcesses, kChains, {.start = at(0), .window = ms(1000)});
    double expected = 0.0;
    double variance = 0.0;
    for (const auto& first : sim.pending_events()) {
      const auto t = static_cast<double>(first.time.time_since_epoch().count());
      expected += chain.expected(t, static_cast<double>(kEnd));
      variance += chain.spread(t, static_cast<double>(kEnd));
    }
    sim.run_until(model, at(kEnd), *serial);
    const auto events = static_cast<double>(sim.statistics().events);
    const double z = (events - expected) / std::sqrt(variance);
    INFO("seed " << seed << ": " << events << " events, expected " << expected << " +- " << std::sqrt(variance));
    CHECK(std::fabs(z) < 4.0);
    CHECK(std::fabs(events - kProcesses * kChains * static_cast<double>(kEnd) / (kLookahead + kMean)) <
          4.0 * std::sqrt(variance));
    CHECK(sim.pending_events().size() == kProcesses * kChains);
    sum += z;
    squares += z * z;
  }
  // Were expectation and variance right, the z add up to 0 +- sqrt(100) and their squares to 100 +- sqrt(200).
  const double n = static_cast<double>(kRuns);
  CHECK(std::fabs(sum) < 4.0 * std::sqrt(n));
  CHECK(std::fabs(squares - n) < 4.0 * std::sqrt(2.0 * n));
}

TEST_CASE("a quarter of PHOLD's events leave their process, and all processes are visited alike", "[engine][oracle]") {
  // Every event picks a process with probability r = 1/4, uniformly of 40: it changes process with r (1 - 1/40).
  // Binomial.
  constexpr std::size_t kProcesses = 40;
  Phold model(kProcesses);
  auto sim = phold_simulator(kProcesses, 8, {.start = at(0), .window = ms(1000)});
  const auto serial = rackrate::engine::make_serial_executor();
  sim.run_until(model, at(8'000'000), *serial);
  const auto events = static_cast<double>(sim.statistics().events);
  const double p = 0.25 * 39.0 / 40.0;
  CHECK(std::fabs(static_cast<double>(sim.statistics().messages) - events * p) <
        4.0 * std::sqrt(events * p * (1.0 - p)));
  std::uint64_t counted = 0;
  for (const std::uint64_t c : model.count) counted += c;
  CHECK(counted == sim.statistics().events);
}
