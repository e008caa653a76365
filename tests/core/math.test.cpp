#include "sim/core/math.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "sim/core/random.hpp"
#include "tests/support/catch.hpp"

namespace {
namespace math = rackrate::core::math;

/// Distance of `got` from the truth (to 64 bits, by the system's long double functions) in units of the
/// last place of a double at the truth.
double ulps(double got, long double truth) {
  const auto t = std::fabs(static_cast<double>(truth));
  const double unit = t < std::numeric_limits<double>::min() ? std::numeric_limits<double>::denorm_min()
                                                             : std::ldexp(1.0, std::ilogb(t) - 52);
  return static_cast<double>(std::fabs(static_cast<long double>(got) - truth) / static_cast<long double>(unit));
}

/// Largest error in ulp at 200,000 keyed random points of [low, high].
template <class Function, class Truth>
double worst(double low, double high, Function function, Truth truth) {
  const rackrate::core::Draws draws{2025, 7};
  double bound = 0.0;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const double x = low + (high - low) * draws.uniform({.entity = 1, .index = i});
    const double error = ulps(function(x), truth(static_cast<long double>(x)));
    if (!(error <= bound)) bound = error;
  }
  return bound;
}
}  // namespace

TEST_CASE("exp is within one unit in the last place and expm1 within two", "[core][math]") {
  const auto exp_truth = [](long double x) { return std::exp(x); };
  CHECK(worst(-1.0, 1.0, math::exp, exp_truth) < 0.6);
  CHECK(worst(-700.0, 709.0, math::exp, exp_truth) < 0.6);
  CHECK(worst(-745.0, -708.0, math::exp, exp_truth) <= 1.1);  // subnormal results round twice
  const auto expm1_truth = [](long double x) { return std::expm1(x); };
  CHECK(worst(-1e-3, 1e-3, math::expm1, expm1_truth) < 2.0);
  CHECK(worst(-1.0, 1.0, math::expm1, expm1_truth) < 2.0);
  CHECK(worst(-60.0, 60.0, math::expm1, expm1_truth) < 2.0);
}

TEST_CASE("log, log1p and log10 are within two units in the last place", "[core][math]") {
  const auto log_truth = [](long double x) { return std::log(x); };
  CHECK(worst(0.0, 1.0, math::log, log_truth) < 0.6);
  CHECK(worst(0.99, 1.01, math::log, log_truth) < 0.8);  // next to the zero of the logarithm
  CHECK(worst(0.5, 2.0, math::log, log_truth) < 0.8);
  CHECK(worst(1.0, 1e12, math::log, log_truth) < 0.6);
  CHECK(worst(1e-320, 1e-307, math::log, log_truth) < 0.6);
  const auto log1p_truth = [](long double x) { return std::log1p(x); };
  CHECK(worst(-1e-9, 1e-9, math::log1p, log1p_truth) < 1.5);
  CHECK(worst(-0.5, 1.0, math::log1p, log1p_truth) < 1.5);
  CHECK(worst(0.0, 1e6, math::log1p, log1p_truth) < 1.5);
  const auto log10_truth = [](long double x) { return std::log10(x); };
  CHECK(worst(1e-3, 10.0, math::log10, log10_truth) < 0.6);
}

TEST_CASE("pow is within one unit in the last place", "[core][math]") {
  const rackrate::core::Draws draws{2025, 8};
  double bound = 0.0;
  for (std::uint64_t i = 0; i < 300'000; ++i) {
    const auto u = draws.uniform2({.entity = 2, .index = i});
    const double x = std::exp(20.0 * (u[0] - 0.5));
    const double y = 60.0 * (u[1] - 0.5);
    // The truth is computed in long double too, so it carries an error of its own: |y ln x| <= 300
    // costs it up to 300 * 2^-64 / 2^-53 = 0.15 ulp.
    const double error = ulps(math::pow(x, y), std::pow(static_cast<long double>(x), static_cast<long double>(y)));
    if (!(error <= bound)) bound = error;
  }
  CHECK(bound < 0.7);
}

TEST_CASE("sin and cos are within one unit in the last place up to 1e5", "[core][math]") {
  const auto sin_truth = [](long double x) { return std::sin(x); };
  const auto cos_truth = [](long double x) { return std::cos(x); };
  CHECK(worst(-3.2, 3.2, math::sin, sin_truth) < 0.9);
  CHECK(worst(-3.2, 3.2, math::cos, cos_truth) < 0.9);
  CHECK(worst(-1e5, 1e5, math::sin, sin_truth) < 0.9);
  CHECK(worst(-1e5, 1e5, math::cos, cos_truth) < 0.9);
}

TEST_CASE("exact values come out exactly", "[core][math]") {
  CHECK(math::exp(0.0) == 1.0);
  CHECK(math::log(1.0) == 0.0);
  CHECK(math::log10(1000.0) == 3.0);
  CHECK(math::log10(1e-5) == -5.0);
  CHECK(math::pow(2.0, 10.0) == 1024.0);
  CHECK(math::pow(9.0, 0.5) == 3.0);
  CHECK(math::pow(10.0, -3.0) == 1e-3);
  CHECK(math::pow(7.0, 0.0) == 1.0);
  CHECK(math::sqrt(2.25) == 1.5);
  CHECK(math::sin(0.0) == 0.0);
  CHECK(math::cos(0.0) == 1.0);
}

TEST_CASE("the ends of the range behave as IEEE 754 users expect", "[core][math]") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(math::exp(710.0) == inf);
  CHECK(math::exp(inf) == inf);
  CHECK(math::exp(-746.0) == 0.0);
  CHECK(math::exp(-inf) == 0.0);
  CHECK(std::isnan(math::exp(nan)));
  CHECK(math::expm1(-inf) == -1.0);
  CHECK(math::log(0.0) == -inf);
  CHECK(math::log(inf) == inf);
  CHECK(std::isnan(math::log(-1.0)));
  CHECK(std::isnan(math::log(nan)));
  CHECK(math::log1p(-1.0) == -inf);
  CHECK(math::log1p(1e-300) == 1e-300);
  CHECK(math::pow(0.0, 2.0) == 0.0);
  CHECK(math::pow(0.0, -2.0) == inf);
  CHECK(math::pow(10.0, 400.0) == inf);
  CHECK(math::pow(10.0, -400.0) == 0.0);
  CHECK(math::pow(0.5, 1e300) == 0.0);
  CHECK(std::isnan(math::pow(-2.0, 2.0)));
  CHECK(std::isnan(math::sin(1e7)));  // beyond the documented range
}

TEST_CASE("the normal distribution function agrees with erfc into the far tail", "[core][math]") {
  for (double x = -37.0; x <= 8.0; x += 0.0078125) {
    const long double truth = 0.5L * std::erfc(-static_cast<long double>(x) / std::sqrt(2.0L));
    const double relative =
        static_cast<double>(std::fabs(static_cast<long double>(math::normal_cdf(x)) / truth - 1.0L));
    CHECK(relative < 2e-15);
  }
  CHECK(math::normal_cdf(0.0) == 0.5);
}

TEST_CASE("the normal quantile inverts the distribution function", "[core][math]") {
  // Known to 16 digits: z(.975) = 1.959963984540054, z(.9) = 1.2815515655446004, z(1e-10) = -6.361340902404056.
  CHECK(std::fabs(math::normal_quantile(0.975) - 1.959963984540054) < 5e-16);
  CHECK(std::fabs(math::normal_quantile(0.9) - 1.2815515655446004) < 5e-16);
  CHECK(std::fabs(math::normal_quantile(1e-10) + 6.361340902404056) < 5e-15);
  CHECK(math::normal_quantile(0.5) == 0.0);
  for (double p = 1e-300; p < 0.5; p *= 1.37) {
    const double x = math::normal_quantile(p);
    const long double back = 0.5L * std::erfc(-static_cast<long double>(x) / std::sqrt(2.0L));
    // dp/p = |x| dx in the tail, so an error of 2^-52 |x| in x shows as 2^-52 x^2 in p.
    CHECK(std::fabs(static_cast<double>(back / static_cast<long double>(p) - 1.0L)) < 1e-15 * (2.0 + x * x));
  }
}
