#include "sim/market/primitives/adoption.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/core/random.hpp"
#include "tests/market/primitives/bass_oracle.hpp"
#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

namespace {
constexpr double kPrinted = 5e-10;
const Bass kClassic{0.03, 0.38};

/// F(t) from nobody.
double share(const Bass& bass, double years) { return bass_adopters(bass, 1.0, 0.0, years); }
double threshold(const core::Draws& draws, std::uint64_t member) { return draws.exponential({member, 2, 0, 0}); }
}  // namespace

TEST_CASE("Bass diffusion gives the shares and the peak of C1", "[market][adoption][C1]") {
  CHECK(near(share(kClassic, 1), 0.035758164, kPrinted));
  CHECK(near(share(kClassic, 3), 0.150500072, kPrinted));
  CHECK(near(share(kClassic, 5), 0.331198642, kPrinted));
  CHECK(near(share(kClassic, 10), 0.812803221, kPrinted));
  const double peak = test::bass_peak_years(kClassic);
  CHECK(near(peak, 6.192619198, kPrinted));
  CHECK(near(share(kClassic, peak), 0.460526316, kPrinted));
  CHECK(near(test::bass_density(kClassic, share(kClassic, peak)), 0.110592105, kPrinted));
}

TEST_CASE("a diffusion under way goes on along the same curve", "[market][adoption][C1]") {
  for (const double split : {0.5, 3.0, 7.0})
    CHECK(near(bass_adopters(kClassic, 2e6, 2e6 * share(kClassic, split), 10.0 - split), 2e6 * share(kClassic, 10.0)));
  // Without innovators the curve is logistic: F/(1 - F) = 1/9 e^(q t).
  const double odds = std::exp(0.38 * 4.0) / 9.0;
  CHECK(near(bass_adopters({0.0, 0.38}, 50.0, 5.0, 4.0), 50.0 * odds / (1.0 + odds)));
  CHECK(share({0.0, 0.38}, 4.0) == 0.0);
}

TEST_CASE("a market without buyers, without adoption or with everybody in it stays as it is", "[market][adoption]") {
  CHECK(bass_adopters(kClassic, 0.0, 3.0, 5.0) == 3.0);
  CHECK(bass_adopters({0.0, 0.0}, 100.0, 3.0, 5.0) == 3.0);
  CHECK(bass_adopters(kClassic, 100.0, 100.0, 5.0) == 100.0);
  CHECK(bass_adopters(kClassic, 100.0, 120.0, 5.0) == 120.0);
  CHECK(bass_adopters(kClassic, 100.0, 1.0, 1e4) == 100.0);
}

TEST_CASE("a finite population adopts more slowly in the mean than the limit says", "[market][adoption][C2]") {
  const test::MeanSd three = test::bass_chain_share(kClassic, 100, 3);
  CHECK(near(three.mean, 0.148782696, kPrinted));
  CHECK(near(three.sd, 0.058190987, kPrinted));
  const test::MeanSd five = test::bass_chain_share(kClassic, 100, 5);
  CHECK(near(five.mean, 0.323561555, kPrinted));
  CHECK(near(five.sd, 0.094155359, kPrinted));
  CHECK(near(test::bass_chain_share(kClassic, 10, 3).mean, 0.136020, 5e-7));
  CHECK(near(test::bass_chain_share(kClassic, 10, 3).sd, 0.160567, 5e-7));
  CHECK(near(test::bass_chain_share(kClassic, 10, 5).mean, 0.273642, 5e-7));
  CHECK(near(test::bass_chain_share(kClassic, 10, 5).sd, 0.241647, 5e-7));
  CHECK(near(test::bass_chain_mean_time(kClassic, 100, 1), 0.333333, 5e-7));
  CHECK(near(test::bass_chain_mean_time(kClassic, 100, 50), 6.674657, 5e-7));
}

TEST_CASE("the chain's law sums to one and tends to the large-population limit", "[market][adoption][C2]") {
  const std::vector<double> law = test::bass_chain(kClassic, 4000, 5);
  CHECK(near(std::accumulate(law.begin(), law.end(), 0.0), 1.0, 1e-12));
  CHECK(near(test::bass_chain_share(kClassic, 4000, 5).mean, share(kClassic, 5), 3e-4));  // the gap is of order 1/N
}

TEST_CASE("members who cross addressed thresholds follow the pure birth chain", "[market][adoption][C2]") {
  // Ten members with immediate feedback: between adoptions the integral grows at p + q n/10.
  constexpr int kRuns = 20'000;
  constexpr int kMembers = 10;
  const core::Draws draws(8, 0);
  double mean = 0.0, square = 0.0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> thresholds;
    for (std::uint64_t m = 0; m < kMembers; ++m)
      thresholds.push_back(threshold(draws, 1000 * static_cast<std::uint64_t>(run) + m));
    std::sort(thresholds.begin(), thresholds.end());
    // Between adoptions the rate is constant: the next one is the lowest threshold that is left.
    double integral = 0.0, years = 0.0;
    int adopted = 0;
    for (const double lowest : thresholds) {
      const double rate = kClassic.hazard(adopted / static_cast<double>(kMembers));
      const auto crossed = cross_threshold(integral, lowest, rate * (5.0 - years));
      if (!crossed) break;
      years += *crossed * (5.0 - years);
      integral = lowest;
      ++adopted;
    }
    const double share = adopted / static_cast<double>(kMembers);
    mean += share / kRuns;
    square += share * share / kRuns;
  }
  CHECK(std::fabs(mean - 0.273642) < 4.0 * 0.241647 / std::sqrt(kRuns));
  // The share lies in [0, 1], so its variance is known to well under 1 percent from 20,000 runs.
  CHECK(near(std::sqrt(square - mean * mean), 0.241647, 0.004));
}

TEST_CASE("a digest that lags understates diffusion as in C3", "[market][adoption][C3]") {
  CHECK(near(test::bass_digest_share(kClassic, 1.0 / 52, 156), 0.149744234, kPrinted));
  CHECK(near(test::bass_digest_share(kClassic, 1.0 / 52, 260), 0.329553833, kPrinted));
  CHECK(near(test::bass_digest_share(kClassic, 1.0 / 12, 36), 0.147281255, kPrinted));
  CHECK(near(test::bass_digest_share(kClassic, 1.0 / 12, 60), 0.324166402, kPrinted));
  CHECK(near(test::bass_digest_share(kClassic, 0.25, 12), 0.141259314, kPrinted));
  CHECK(near(test::bass_digest_share(kClassic, 0.25, 20), 0.310822493, kPrinted));
}

TEST_CASE("a large population that reads a weekly digest follows the digest's recursion", "[market][adoption][C3]") {
  constexpr std::uint64_t kMembers = 40'000;
  const core::Draws draws(9, 0);
  std::vector<double> thresholds, integrals(kMembers, 0.0);
  for (std::uint64_t m = 0; m < kMembers; ++m) thresholds.push_back(threshold(draws, m));
  std::vector<char> in(kMembers, 0);
  double share = 0.0;
  for (int week = 0; week < 260; ++week) {
    const double passed = kClassic.hazard(share) / 52;
    for (std::size_t m = 0; m < kMembers; ++m)
      if (!in[m]) in[m] = cross_threshold(integrals[m], thresholds[m], passed).has_value() ? 1 : 0;
    share = static_cast<double>(std::count(in.begin(), in.end(), 1)) / kMembers;
  }
  // The chain's sd of the share is 0.0942 at N = 100 and shrinks with 1/sqrt(N).
  CHECK(std::fabs(share - 0.329553833) < 4.0 * 0.0942 * std::sqrt(100.0 / kMembers));
}

TEST_CASE("a threshold is crossed inside the while that takes the integral past it", "[market][adoption]") {
  double integral = 0.0;
  CHECK_FALSE(cross_threshold(integral, 1.0, 0.25));
  CHECK_FALSE(cross_threshold(integral, 1.0, 0.25));
  CHECK(integral == 0.5);
  CHECK(cross_threshold(integral, 1.0, 2.0) == 0.25);  // half of it is left of two
  CHECK_FALSE(cross_threshold(integral, 1.0, 0.5));    // reached, not passed
}
