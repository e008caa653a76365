#include "sim/core/lanes.hpp"
#include "sim/core/float_lanes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/core/math.hpp"
#include "sim/core/random.hpp"
#include "tests/support/catch.hpp"

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are never passed: all is inlined

namespace {

using namespace rackrate::core;
using One = lanes::Pack<1>::Numbers;
using Two = lanes::Pack<2>::Numbers;
using Four = lanes::Pack<4>::Numbers;
using Eight = lanes::Pack<8>::Numbers;

constexpr std::size_t kCount = 8 * 4096;

// One function for all of them, so that a width is one template argument.
struct Exp {
  template <class D>
  RACKRATE_LANE static D of(D x) {
    return lanes::exp<D>(x);
  }
};
struct Log {
  template <class D>
  RACKRATE_LANE static D of(D x) {
    return lanes::log<D>(x);
  }
};
struct SinPi {
  template <class D>
  RACKRATE_LANE static D of(D x) {
    return lanes::sin_pi<D>(x);
  }
};

template <class F, class D>
RACKRATE_LANE void apply(const std::vector<double>& x, std::vector<double>& y) {
  for (std::size_t i = 0; i < x.size(); i += lanes::kWidth<D>)
    lanes::store<D>(&y[i], F::template of<D>(lanes::load<D>(&x[i])));
}
template <class F>
void baseline(const std::vector<double>& x, std::vector<double>& y) {
  apply<F, Two>(x, y);
}
#if defined(__x86_64__)
template <class F>
[[gnu::target("avx2,fma")]] void avx2(const std::vector<double>& x, std::vector<double>& y) {
  apply<F, Four>(x, y);
}
template <class F>
[[gnu::target("avx512f,avx512dq,avx512vl,fma")]] void avx512(const std::vector<double>& x, std::vector<double>& y) {
  apply<F, Eight>(x, y);
}
#endif

std::vector<double> points(double low, double high) {
  const Draws draws{2026, 11};
  std::vector<double> x(kCount);
  for (std::uint64_t i = 0; i < kCount; ++i) x[i] = low + (high - low) * draws.uniform({.entity = 3, .index = i});
  return x;
}

/// Scalar results; every width that this processor has gives the same bits. The targets include fused
/// multiply-add: that none is used is what is tested.
template <class F>
std::vector<double> same_in_all_widths(const std::vector<double>& x) {
  std::vector<double> one(x.size()), other(x.size());
  apply<F, One>(x, one);
  baseline<F>(x, other);
  CHECK(one == other);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    other.assign(x.size(), 0.0);
    avx2<F>(x, other);
    CHECK(one == other);
  }
  if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    other.assign(x.size(), 0.0);
    avx512<F>(x, other);
    CHECK(one == other);
  }
#endif
  return one;
}

/// Largest error in ulp of the result.
template <class Truth>
double worst(const std::vector<double>& x, const std::vector<double>& y, Truth truth) {
  double bound = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double t = truth(static_cast<long double>(x[i]));
    const double unit = std::ldexp(1.0, std::ilogb(static_cast<double>(t)) - 52);
    const double error =
        static_cast<double>(std::fabs(static_cast<long double>(y[i]) - t) / static_cast<long double>(unit));
    if (!(error <= bound)) bound = error;
  }
  return bound;
}

}  // namespace

TEST_CASE("exp of many numbers is accurate and the same in every width", "[core][lanes]") {
  const auto truth = [](long double x) { return std::exp(x); };
  for (const auto& [low, high] : {std::pair{-1.0, 1.0}, std::pair{-30.0, 5.0}, std::pair{-700.0, 700.0}}) {
    const auto x = points(low, high);
    CHECK(worst(x, same_in_all_widths<Exp>(x), truth) < 1.0);
  }
  CHECK(lanes::exp(0.0) == 1.0);
}

TEST_CASE("log of many numbers is accurate and the same in every width", "[core][lanes]") {
  const auto truth = [](long double x) { return std::log(x); };
  for (const auto& [low, high] :
       {std::pair{0.0, 1.0}, std::pair{0.99, 1.01}, std::pair{1.0, 1e6}, std::pair{0.0, 1e-280}}) {
    const auto x = points(low, high);
    CHECK(worst(x, same_in_all_widths<Log>(x), truth) < 1.0);
  }
  CHECK(lanes::log(1.0) == 0.0);
}

TEST_CASE("the sine of many angles is accurate to both ends and the same in every width", "[core][lanes]") {
  const auto truth = [](long double x) {
    constexpr long double kPi = 3.141592653589793238462643383279502884L;
    return std::sin(kPi * (x < 0.5L ? x : 1.0L - x));
  };
  for (const auto& [low, high] : {std::pair{0.0, 1.0}, std::pair{0.0, 1e-9}, std::pair{1.0 - 0x1p-30, 1.0 - 0x1p-33}}) {
    const auto x = points(low, high);
    CHECK(worst(x, same_in_all_widths<SinPi>(x), truth) < 3.0);
  }
  CHECK(lanes::sin_pi(0.5) == 1.0);
}

TEST_CASE("halves of random bits are numbers between 0 and 1, the same in every width", "[core][lanes]") {
  CHECK(lanes::unit_of_half<One>(0) == 0x1p-33);
  CHECK(lanes::unit_of_half<One>(0xffffffffULL) == 1.0 - 0x1p-33);
  const Draws draws{7, 0};
  const std::array<std::uint64_t, 2> halves{draws.block({1})[0] >> 32, draws.block({2})[0] >> 32};
  std::array<double, 2> units{};
  lanes::store<Two>(units.data(), lanes::unit_of_half<Two>(lanes::load_bits<Two>(halves.data())));
  for (std::size_t i = 0; i < 2; ++i) CHECK(units[i] == (static_cast<double>(halves[i]) + 0.5) / 0x1p32);
}

TEST_CASE("floats wait as long as doubles, also where u lies next to 0 or 1", "[core][lanes]") {
  using F = lanes::FloatPack<4>::Numbers;
  using Bits = lanes::FloatPack<4>::Bits;
  std::vector<std::uint32_t> halves{0, 1, 2, 0x7fffffffU, 0xbfffffffU, 0xc0000000U, 0xfffffffeU, 0xffffffffU};
  const Draws draws{9, 0};
  for (std::uint64_t i = 0; i < 4000; ++i) halves.push_back(static_cast<std::uint32_t>(draws.block({i})[0]));
  for (std::size_t i = 0; i < halves.size(); i += 4) {
    std::array<float, 4> wait{}, log{};
    lanes::store_floats<F>(wait.data(), lanes::wait_of_half<F>(lanes::load_floats<Bits>(&halves[i])));
    lanes::store_floats<F>(log.data(), lanes::log_float<F>(lanes::load_floats<F>(wait.data())));
    for (std::size_t k = 0; k < 4; ++k) {
      const double truth = -std::log1p(-(static_cast<double>(~halves[i + k]) + 0.5) / 0x1p32);
      REQUIRE(std::fabs(static_cast<double>(wait[k]) / truth - 1.0) < 5e-7);
      REQUIRE(std::fabs(static_cast<double>(log[k]) - std::log(truth)) < 5e-6);
      REQUIRE(wait[k] == lanes::wait_of_half<float>(halves[i + k]));
      REQUIRE(log[k] == lanes::log_float<float>(wait[k]));
    }
  }
}

TEST_CASE("the sines of floats are accurate to both ends", "[core][lanes]") {
  for (const double x : {1e-9, 1e-4, 0.1, 0.25, 0.4999, 0.5, 0.75, 0.999, 1.0 - 1e-9}) {
    const float sine = lanes::sin_pi_float<float>(static_cast<float>(x), static_cast<float>(1.0 - x));
    const double truth = std::sin(3.14159265358979323846 * std::min(x, 1.0 - x));
    CHECK(std::fabs(static_cast<double>(sine) / truth - 1.0) < 1e-6);
  }
}

TEST_CASE("the last vector of an array keeps its first lanes, and the greatest lane is one number", "[core][lanes]") {
  const std::array<double, 2> x{3.0, 5.0};
  std::array<double, 2> kept{};
  lanes::store<Two>(kept.data(), lanes::first<Two>(lanes::load<Two>(x.data()), 1, -1.0));
  CHECK(kept == std::array<double, 2>{3.0, -1.0});
  lanes::store<Two>(kept.data(), lanes::first<Two>(lanes::load<Two>(x.data()), 2, -1.0));
  CHECK(kept == x);
  CHECK(lanes::first<One>(3.0, 0, -1.0) == -1.0);
  CHECK(lanes::first<One>(3.0, 1, -1.0) == 3.0);
  CHECK(lanes::greatest<Two>(lanes::load<Two>(x.data())) == 5.0);
  CHECK(lanes::greatest<One>(3.0) == 3.0);
}
