#include "sim/market/primitives/hazard.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

namespace {

/// Times of all firings within `end`, cutting time into `steps` equal steps; rate(t) is constant within a step.
template <class Rate>
std::vector<double> firings(const core::Draws& draws, std::uint64_t entity, double end, int steps, Rate&& rate) {
  HazardClock clock(draws, entity, 1);
  std::vector<double> out;
  for (int s = 0; s < steps; ++s) {
    const double start = end * s / steps;
    double left = end / steps;
    while (const auto when = clock.advance(draws, rate(start), left)) {
      left -= *when;
      out.push_back(start + end / steps - left);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a hazard's rate is its base times the exponential of its features", "[market][hazard]") {
  CHECK(near(hazard_rate(0.25, std::vector<double>{2.0, -1.0}, std::vector<double>{0.5, 3.0}), 0.25 * std::exp(-2.0)));
  CHECK(hazard_rate(0.25, {}, {}) == 0.25);
  CHECK_THROWS_AS(hazard_rate(0.25, std::vector<double>{1.0}, {}), std::invalid_argument);
  CHECK_THROWS_AS(hazard_rate(-1.0, {}, {}), std::invalid_argument);
}

TEST_CASE("when a hazard fires does not depend on how time is cut", "[market][hazard]") {
  const core::Draws draws(1, 2);
  const auto rate = [](double t) { return t < 5.0 ? 0.4 : 1.5; };
  for (std::uint64_t e = 0; e < 50; ++e) {
    const auto coarse = firings(draws, e, 10.0, 2, rate);
    CHECK(near(firings(draws, e, 10.0, 40, rate), coarse, 1e-9));
  }
}

TEST_CASE("firings of a constant hazard are a Poisson process", "[market][hazard]") {
  // Rate 0.7 over 10: counts have mean and variance 7; the chance of none in the first year is e^-0.7.
  constexpr int kRuns = 40'000;
  const core::Draws draws(3, 0);
  double mean = 0.0, square = 0.0, quiet = 0.0;
  for (int i = 0; i < kRuns; ++i) {
    const auto at = firings(draws, static_cast<std::uint64_t>(i), 10.0, 10, [](double) { return 0.7; });
    const double n = static_cast<double>(at.size());
    mean += n / kRuns;
    square += n * n / kRuns;
    quiet += at.empty() || at.front() > 1.0 ? 1.0 / kRuns : 0.0;
  }
  CHECK(std::fabs(mean - 7.0) < 4.0 * std::sqrt(7.0 / kRuns));
  CHECK(std::fabs(square - mean * mean - 7.0) < 4.0 * std::sqrt((7.0 + 2.0 * 49.0) / kRuns));
  CHECK(test::share_near(quiet, std::exp(-0.7), kRuns));
}

TEST_CASE("a higher rate fires no later, on the same thresholds", "[market][hazard]") {
  const core::Draws draws(4, 0);
  for (std::uint64_t e = 0; e < 200; ++e) {
    const auto slow = firings(draws, e, 20.0, 20, [](double) { return 0.5; });
    const auto fast = firings(draws, e, 20.0, 20, [](double t) { return t < 8.0 ? 0.5 : 0.8; });
    REQUIRE(fast.size() >= slow.size());
    for (std::size_t i = 0; i < slow.size(); ++i) {
      REQUIRE(fast[i] <= slow[i] + 1e-9);
      if (slow[i] < 8.0) REQUIRE(fast[i] == slow[i]);
    }
  }
}

TEST_CASE("a hazard at rest never fires, and negative rates are refused", "[market][hazard]") {
  const core::Draws draws(1, 0);
  HazardClock clock(draws, 1, 1);
  CHECK_FALSE(clock.advance(draws, 0.0, 1e9));
  // A threshold not reached is the first one of the address, and all of it is left.
  CHECK(clock.advance(draws, 1.0, 1e9) == draws.exponential({1, 1, 0, 0}));
  CHECK_THROWS_AS(clock.advance(draws, -1.0, 1.0), std::invalid_argument);
  CHECK_THROWS_AS(clock.advance(draws, 1.0, -1.0), std::invalid_argument);
}
