#include "sim/core/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "sim/core/math.hpp"
#include "tests/support/catch.hpp"

namespace {
using rackrate::core::Draws;
using Block = std::array<std::uint64_t, 4>;

constexpr std::uint64_t kSample = 100'000;

template <class Draw>
std::vector<double> sample(Draw draw) {
  std::vector<double> x(kSample);
  for (std::uint64_t i = 0; i < kSample; ++i) x[i] = draw(i);
  return x;
}

/// Kolmogorov's distance between a sample and a distribution function.
template <class Cdf>
double kolmogorov(std::vector<double> x, Cdf cdf) {
  std::sort(x.begin(), x.end());
  const auto n = static_cast<double>(x.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double f = cdf(x[i]);
    distance = std::max({distance, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
  }
  return distance;
}
/// The 0.1 % point of Kolmogorov's distribution, as in check A5.
const double kCritical = 1.95 / std::sqrt(static_cast<double>(kSample));

double mean(const std::vector<double>& x) {
  double sum = 0.0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}
double variance(const std::vector<double>& x) {
  const double m = mean(x);
  double sum = 0.0;
  for (const double v : x) sum += (v - m) * (v - m);
  return sum / static_cast<double>(x.size() - 1);
}
double quantile(std::vector<double> x, double p) {
  const auto k = static_cast<std::ptrdiff_t>(p * static_cast<double>(x.size()));
  std::nth_element(x.begin(), x.begin() + k, x.end());
  return x[static_cast<std::size_t>(k)];
}
/// Gamma(4, 1): 1 - exp(-x) (1 + x + x^2/2 + x^3/6).
double gamma4_cdf(double x) { return 1.0 - std::exp(-x) * (1.0 + x * (1.0 + x * (0.5 + x / 6.0))); }
}  // namespace

TEST_CASE("Philox4x64-10 gives the published known answers", "[core][random]") {
  // Random123, kat_vectors (check G1).
  const std::uint64_t all = ~0ULL;
  CHECK(rackrate::core::philox4x64({0, 0, 0, 0}, {0, 0}) ==
        Block{0x16554d9eca36314cULL, 0xdb20fe9d672d0fdcULL, 0xd7e772cee186176bULL, 0x7e68b68aec7ba23bULL});
  CHECK(rackrate::core::philox4x64({all, all, all, all}, {all, all}) ==
        Block{0x87b092c3013fe90bULL, 0x438c3c67be8d0224ULL, 0x9cc7d7c69cd777b6ULL, 0xa09caebf594f0ba0ULL});
  CHECK(rackrate::core::philox4x64(
            {0x243f6a8885a308d3ULL, 0x13198a2e03707344ULL, 0xa4093822299f31d0ULL, 0x082efa98ec4e6c89ULL},
            {0x452821e638d01377ULL, 0xbe5466cf34e90c6cULL}) ==
        Block{0xa528f45403e61d95ULL, 0x38c72dbd566e9788ULL, 0xa5a1610e72fd18b5ULL, 0x57bd43b5e52b7fe6ULL});
}

TEST_CASE("a draw depends on every part of its address and on nothing else", "[core][random]") {
  const Draws draws{1, 0};
  const rackrate::core::Address a{.entity = 11, .purpose = 2, .index = 3, .sub = 4};
  CHECK(draws.block(a) == rackrate::core::philox4x64({11, 2, 3, 4}, {1, 0}));
  CHECK(draws.uniform(a) == draws.uniform(a));
  CHECK(draws.uniform(a) != draws.uniform({.entity = 12, .purpose = 2, .index = 3, .sub = 4}));
  CHECK(draws.uniform(a) != draws.uniform({.entity = 11, .purpose = 3, .index = 3, .sub = 4}));
  CHECK(draws.uniform(a) != draws.uniform({.entity = 11, .purpose = 2, .index = 4, .sub = 4}));
  CHECK(draws.uniform(a) != draws.uniform({.entity = 11, .purpose = 2, .index = 3, .sub = 5}));
  CHECK(draws.uniform(a) != Draws(2, 0).uniform(a));
  CHECK(draws.uniform(a) != Draws(1, 1).uniform(a));
}

TEST_CASE("the unit interval is open", "[core][random]") {
  CHECK(rackrate::core::to_unit(0) == 0x1p-53);
  CHECK(rackrate::core::to_unit(~0ULL) == 1.0 - 0x1p-53);
}

TEST_CASE("uniform, exponential, normal and Gumbel draws follow their laws", "[core][random]") {
  const Draws draws{42, 3};
  const auto address = [](std::uint64_t i) { return rackrate::core::Address{.entity = 5, .purpose = 9, .index = i}; };
  const auto u = sample([&](std::uint64_t i) { return draws.uniform(address(i)); });
  CHECK(kolmogorov(u, [](double x) { return x; }) < kCritical);
  const auto e = sample([&](std::uint64_t i) { return draws.exponential(address(i)); });
  CHECK(kolmogorov(e, [](double x) { return 1.0 - std::exp(-x); }) < kCritical);
  CHECK(std::fabs(mean(e) - 1.0) < 4.0 / std::sqrt(1.0 * kSample));  // sd 1
  const auto z = sample([&](std::uint64_t i) { return draws.normal(address(i)); });
  CHECK(kolmogorov(z, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }) < kCritical);
  CHECK(std::fabs(mean(z)) < 4.0 / std::sqrt(1.0 * kSample));
  CHECK(std::fabs(variance(z) - 1.0) < 4.0 * std::sqrt(2.0 / kSample));
  const auto g = sample([&](std::uint64_t i) { return draws.gumbel(address(i)); });
  CHECK(kolmogorov(g, [](double x) { return std::exp(-std::exp(-x)); }) < kCritical);
  // Euler's constant; variance pi^2/6.
  CHECK(std::fabs(mean(g) - 0.5772156649015329) < 4.0 * std::sqrt(1.6449340668482264 / kSample));
}

TEST_CASE("a lead time of 28 days and Gamma(4, 14 d) has the moments and quantiles of check A5", "[core][random]") {
  const Draws draws{2025, 0};
  const auto lead =
      sample([&](std::uint64_t i) { return 28.0 + 14.0 * draws.gamma({.entity = 77, .purpose = 1, .index = i}, 4.0); });
  // mean 28 + 4*14 = 84, sd sqrt(4)*14 = 28. Fourth central moment of Gamma(4): 3*16 + 6*4 = 72, so
  // Var(s^2) = (72 - 16)/n * 14^4.
  const double n = kSample;
  CHECK(std::fabs(mean(lead) - 84.0) < 4.0 * 28.0 / std::sqrt(n));
  CHECK(std::fabs(variance(lead) - 784.0) < 4.0 * 196.0 * std::sqrt(56.0 / n));
  // Standard error of a quantile: sqrt(p(1-p)/n)/f.
  const auto density = [](double days) {
    const double x = (days - 28.0) / 14.0;
    return x * x * x / 6.0 * std::exp(-x) / 14.0;
  };
  CHECK(std::fabs(quantile(lead, 0.5) - 79.408850) < 4.0 * std::sqrt(0.25 / n) / density(79.408850));
  CHECK(std::fabs(quantile(lead, 0.9) - 121.530963) < 4.0 * std::sqrt(0.09 / n) / density(121.530963));
  CHECK(kolmogorov(lead, [](double x) { return gamma4_cdf((x - 28.0) / 14.0); }) < kCritical);
}

TEST_CASE("gamma draws of other shapes have the right mean and variance", "[core][random]") {
  const Draws draws{2025, 1};
  for (const double shape : {0.3, 1.0, 1.7, 5.0, 12.5, 40.0}) {
    const auto x =
        sample([&](std::uint64_t i) { return draws.gamma({.entity = 78, .purpose = 1, .index = i}, shape); });
    // Mean = variance = k, fourth central moment 3k^2 + 6k.
    CHECK(std::fabs(mean(x) - shape) < 4.0 * std::sqrt(shape / kSample));
    CHECK(std::fabs(variance(x) - shape) < 4.0 * std::sqrt((2.0 * shape * shape + 6.0 * shape) / kSample));
  }
  // By rejection, in law: a sum of independent gammas of shapes 2.5 and 1.5 is Gamma(4).
  const auto sum = sample([&](std::uint64_t i) {
    return draws.gamma({.entity = 79, .index = i}, 2.5) + draws.gamma({.entity = 80, .index = i}, 1.5);
  });
  CHECK(kolmogorov(sum, gamma4_cdf) < kCritical);
  CHECK_THROWS_AS(draws.gamma({}, 0.0), std::invalid_argument);
}

TEST_CASE("positive stable draws have the Laplace transform exp(-t^lambda)", "[core][random]") {
  const Draws draws{2025, 2};
  for (const double lambda : {0.3, 0.5, 0.8, 0.97}) {
    const auto log_s =
        sample([&](std::uint64_t i) { return draws.log_positive_stable({.entity = 81, .index = i}, lambda); });
    for (const double t : {0.1, 1.0, 3.0}) {
      double sum = 0.0;
      double squares = 0.0;
      for (const double v : log_s) {
        const double w = std::exp(-t * std::exp(v));
        sum += w;
        squares += w * w;
      }
      const double m = sum / kSample;
      const double se = std::sqrt((squares / kSample - m * m) / kSample);
      CHECK(std::fabs(m - std::exp(-std::pow(t, lambda))) < 4.0 * se + 1e-12);
    }
  }
  CHECK(draws.log_positive_stable({}, 1.0) == 0.0);
  CHECK_THROWS_AS(draws.log_positive_stable({}, 1.5), std::invalid_argument);
}

TEST_CASE("a positive stable factor turns Gumbel shocks of a nest into a Gumbel shock", "[core][random]") {
  // MODEL 6.5: lambda (ln S + g) is standard Gumbel when S is lambda-stable and g is standard Gumbel.
  const Draws draws{2025, 4};
  const double lambda = 0.6;
  const auto x = sample([&](std::uint64_t i) {
    return lambda * (draws.log_positive_stable({.entity = 82, .purpose = 1, .index = i}, lambda) +
                     draws.gumbel({.entity = 82, .purpose = 2, .index = i}));
  });
  CHECK(kolmogorov(x, [](double v) { return std::exp(-std::exp(-v)); }) < kCritical);
}

TEST_CASE("whole numbers below n are all met equally often", "[core][random]") {
  const Draws draws{2025, 5};
  std::array<double, 7> count{};
  for (std::uint64_t i = 0; i < kSample; ++i) count[draws.below({.entity = 83, .index = i}, 7)] += 1.0;
  double chi2 = 0.0;
  for (const double c : count) chi2 += (c - kSample / 7.0) * (c - kSample / 7.0) / (kSample / 7.0);
  CHECK(chi2 < 22.46);  // 0.1 % point for 6 degrees of freedom
  CHECK(draws.below({}, 1) == 0);
  CHECK_THROWS_AS(draws.below({}, 0), std::invalid_argument);
}

TEST_CASE("names hash apart and the hash is fixed for ever", "[core][random]") {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 100'000; ++i) seen.insert(rackrate::core::name_hash("enterprise/" + std::to_string(i)));
  CHECK(seen.size() == 100'000U);
  CHECK(rackrate::core::name_hash("azure") != rackrate::core::name_hash("azure", rackrate::core::name_hash("cloud")));
  static_assert(rackrate::core::name_hash("") != rackrate::core::name_hash("a"));
  // FNV-1a of "a" is af63dc4c8601ec8c (published test vector); SplitMix64's step on top of it.
  std::uint64_t h = 0xaf63dc4c8601ec8cULL + 0x9e3779b97f4a7c15ULL;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
  CHECK(rackrate::core::name_hash("a") == (h ^ (h >> 31)));
}
