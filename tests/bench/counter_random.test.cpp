#include "bench/counter_random.hpp"

#include <array>
#include <cmath>

#include "sim/core/math.hpp"
#include "tests/support/catch.hpp"

namespace {

constexpr std::uint64_t kDraws = 1'000'000;

TEST_CASE("the ziggurat's numbers fill a hundred equally likely exponential cells evenly", "[bench]") {
  // X falls below -ln(1 - k/100) with probability k/100. With n = 10^6 draws each cell expects 10^4, and
  // sum (count - 10^4)^2 / 10^4 is chi-square of 99 degrees: mean 99, variance 198; five deviations are 170.
  const bench::Ziggurat exponential;
  std::array<std::uint64_t, 100> cells{};
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const double x = exponential(bench::random_bits(3, i));
    const double share = 1.0 - rackrate::core::math::exp(-x);
    ++cells[static_cast<std::size_t>(share * 100.0)];
  }
  double chi_square = 0.0;
  for (const std::uint64_t count : cells)
    chi_square += (static_cast<double>(count) - 1e4) * (static_cast<double>(count) - 1e4) / 1e4;
  CHECK(chi_square < 99.0 + 5.0 * std::sqrt(198.0));
}

TEST_CASE("the ziggurat's numbers have the mean, the second moment and the tail of Exp(1)", "[bench]") {
  // Var X = 1, Var X^2 = 24 - 4 = 20; P(X > 8) = e^-8 = 3.35e-4, beyond the last layer (7.697): the tail's own path.
  const bench::Ziggurat exponential;
  double sum = 0.0;
  double squares = 0.0;
  double least = 1.0;
  std::uint64_t beyond_8 = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const double x = exponential(bench::random_bits(4, i));
    least = x < least ? x : least;
    sum += x;
    squares += x * x;
    beyond_8 += x > 8.0 ? 1 : 0;
  }
  const double n = static_cast<double>(kDraws);
  CHECK(least >= 0.0);
  CHECK(std::fabs(sum / n - 1.0) < 4.0 / std::sqrt(n));
  CHECK(std::fabs(squares / n - 2.0) < 4.0 * std::sqrt(20.0 / n));
  CHECK(std::fabs(static_cast<double>(beyond_8) - 335.46) < 4.0 * std::sqrt(335.46));
}

}  // namespace
