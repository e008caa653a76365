#include "sim/market/primitives/adoption.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::near;

namespace {
constexpr double kPrinted = 5e-10;
const Bass kClassic{0.03, 0.38};
}  // namespace

TEST_CASE("Bass diffusion gives the shares and the peak of C1", "[market][adoption][C1]") {
  CHECK(near(bass_F(kClassic, 1), 0.035758164, kPrinted));
  CHECK(near(bass_F(kClassic, 3), 0.150500072, kPrinted));
  CHECK(near(bass_F(kClassic, 5), 0.331198642, kPrinted));
  CHECK(near(bass_F(kClassic, 10), 0.812803221, kPrinted));
  const double peak = bass_peak_years(kClassic);
  CHECK(near(peak, 6.192619198, kPrinted));
  CHECK(near(bass_F(kClassic, peak), 0.460526316, kPrinted));
  CHECK(near(bass_density(kClassic, peak), 0.110592105, kPrinted));
}

TEST_CASE("a diffusion under way goes on along the same curve", "[market][adoption][C1]") {
  for (const double split : {0.5, 3.0, 7.0})
    CHECK(near(bass_F(kClassic, 10.0 - split, bass_F(kClassic, split)), bass_F(kClassic, 10.0)));
  // Without innovators the curve is logistic: F/(1 - F) = 1/9 e^(q t).
  const double odds = std::exp(0.38 * 4.0) / 9.0;
  CHECK(near(bass_F({0.0, 0.38}, 4.0, 0.1), odds / (1.0 + odds)));
  CHECK(bass_F({0.0, 0.38}, 4.0) == 0.0);
}

TEST_CASE("a finite population adopts more slowly in the mean than the limit says", "[market][adoption][C2]") {
  const MeanSd three = bass_chain_share(kClassic, 100, 3);
  CHECK(near(three.mean, 0.148782696, kPrinted));
  CHECK(near(three.sd, 0.058190987, kPrinted));
  const MeanSd five = bass_chain_share(kClassic, 100, 5);
  CHECK(near(five.mean, 0.323561555, kPrinted));
  CHECK(near(five.sd, 0.094155359, kPrinted));
  CHECK(near(bass_chain_share(kClassic, 10, 3).mean, 0.136020, 5e-7));
  CHECK(near(bass_chain_share(kClassic, 10, 3).sd, 0.160567, 5e-7));
  CHECK(near(bass_chain_share(kClassic, 10, 5).mean, 0.273642, 5e-7));
  CHECK(near(bass_chain_share(kClassic, 10, 5).sd, 0.241647, 5e-7));
  CHECK(near(bass_chain_mean_time(kClassic, 100, 1), 0.333333, 5e-7));
  CHECK(near(bass_chain_mean_time(kClassic, 100, 50), 6.674657, 5e-7));
}

TEST_CASE("the chain's law sums to one and tends to the large-population limit", "[market][adoption][C2]") {
  const std::vector<double> law = bass_chain(kClassic, 4000, 5);
  CHECK(near(std::accumulate(law.begin(), law.end(), 0.0), 1.0, 1e-12));
  CHECK(near(bass_chain_share(kClassic, 4000, 5).mean, bass_F(kClassic, 5), 3e-4));  // the gap is of order 1/N
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
      thresholds.push_back(adoption_threshold(draws, 1000 * static_cast<std::uint64_t>(run) + m, 2));
    std::sort(thresholds.begin(), thresholds.end());
    AdoptionClock clock;
    double years = 0.0;
    int adopted = 0;
    while (adopted < kMembers) {
      const double share = adopted / static_cast<double>(kMembers);
      const double wait =
          (thresholds[static_cast<std::size_t>(adopted)] - clock.integral) / (kClassic.p + kClassic.q * share);
      if (years + wait > 5.0) break;
      years += wait;
      clock.advance(kClassic, share, wait);
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
  CHECK(near(bass_digest_F(kClassic, 1.0 / 52, 156), 0.149744234, kPrinted));
  CHECK(near(bass_digest_F(kClassic, 1.0 / 52, 260), 0.329553833, kPrinted));
  CHECK(near(bass_digest_F(kClassic, 1.0 / 12, 36), 0.147281255, kPrinted));
  CHECK(near(bass_digest_F(kClassic, 1.0 / 12, 60), 0.324166402, kPrinted));
  CHECK(near(bass_digest_F(kClassic, 0.25, 12), 0.141259314, kPrinted));
  CHECK(near(bass_digest_F(kClassic, 0.25, 20), 0.310822493, kPrinted));
}

TEST_CASE("a large population that reads a weekly digest follows the digest's recursion", "[market][adoption][C3]") {
  constexpr std::uint64_t kMembers = 40'000;
  const core::Draws draws(9, 0);
  std::vector<double> thresholds;
  for (std::uint64_t m = 0; m < kMembers; ++m) thresholds.push_back(adoption_threshold(draws, m, 2));
  std::sort(thresholds.begin(), thresholds.end());
  AdoptionClock clock;
  double share = 0.0;
  for (int week = 0; week < 260; ++week) {
    clock.advance(kClassic, share, 1.0 / 52);
    share = static_cast<double>(std::upper_bound(thresholds.begin(), thresholds.end(), clock.integral) -
                                thresholds.begin()) /
            kMembers;
  }
  CHECK(clock.adopted(thresholds.front()));
  // The chain's sd of the share is 0.0942 at N = 100 and shrinks with 1/sqrt(N).
  CHECK(std::fabs(share - 0.329553833) < 4.0 * 0.0942 * std::sqrt(100.0 / kMembers));
}

TEST_CASE("an impossible population is refused", "[market][adoption]") {
  CHECK_THROWS_AS(bass_chain(kClassic, 0, 1.0), std::invalid_argument);
  CHECK_THROWS_AS(bass_chain_mean_time(kClassic, 10, 11), std::invalid_argument);
}
