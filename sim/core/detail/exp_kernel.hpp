#pragma once
#include <array>
#include <bit>
#include <cstdint>

#include "sim/core/detail/double_double.hpp"

/// The common part of exp, expm1 and pow: Tang's table-driven reduction (P. T. P. Tang 1989, ACM
/// TOMS 15, 144-157) with 128 intervals, x = (128 k + j) ln2/128 + r, |r| <= ln2/256.
namespace rackrate::core::detail {

inline constexpr int kExpBits = 7;
inline constexpr int kExpSize = 1 << kExpBits;

constexpr std::array<DoubleDouble, kExpSize> make_exp_table() {
  std::array<DoubleDouble, kExpSize> table{};
  for (int j = 0; j < kExpSize; ++j) {
    table[static_cast<std::size_t>(j)] = exp_series(DoubleDouble{j / static_cast<double>(kExpSize), 0.0} * kLn2);
  }
  return table;
}
/// 2^(j/128) to 106 bits.
inline constexpr auto kExpTable = make_exp_table();

/// ln2/128 in two parts: the first has 33 bits, so that its product with any k of 18 bits is exact.
inline constexpr double kExpStepHi = ((kLn2.hi / kExpSize) + 0x1.8p+12) - 0x1.8p+12;
inline constexpr double kExpStepLo = ((kLn2.hi / kExpSize) - kExpStepHi) + kLn2.lo / kExpSize;
inline constexpr double kExpInverseStep = kExpSize / kLn2.hi;
/// Adding and taking away this number rounds to the nearest whole number (to even on ties).
inline constexpr double kRoundShift = 0x1.8p52;

struct ExpParts {
  DoubleDouble table;     ///< 2^(j/128)
  double fraction = 0.0;  ///< exp(r) - 1
  int exponent = 0;       ///< exp(x) = 2^exponent * table * (1 + fraction)
};

/// For |hi| < 2^11 and |lo| tiny beside hi.
inline ExpParts exp_parts(double hi, double lo) {
  const double shifted = hi * kExpInverseStep + kRoundShift;
  const double k = shifted - kRoundShift;
  const auto n = static_cast<int>(std::bit_cast<std::int64_t>(shifted) - std::bit_cast<std::int64_t>(kRoundShift));
  const double r = ((hi - k * kExpStepHi) - k * kExpStepLo) + lo;
  const double r2 = r * r;
  // Taylor to r^6: the first term left out is below 2^-71.
  const double tail = (0.5 + r * (1.0 / 6.0)) + r2 * ((1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0));
  return {kExpTable[static_cast<std::size_t>(n & (kExpSize - 1))], r + r2 * tail, n >> kExpBits};
}

/// x * 2^k with gradual underflow, for x in [1, 4).
inline double scale_by_power_of_two(double x, int k) {
  if (k >= -1020 && k <= 1020) {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) + (static_cast<std::uint64_t>(k) << 52));
  }
  const auto power = [](int e) { return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + e) << 52); };
  if (k > 0) return x * power(k - 500) * power(500);
  return x * power(k + 500) * power(-500);
}

/// exp(hi + lo) for -746 < hi < 710.
inline double exp_of_sum(double hi, double lo) {
  const ExpParts e = exp_parts(hi, lo);
  const double m = e.table.hi + (e.table.lo + e.table.hi * e.fraction);
  return scale_by_power_of_two(m, e.exponent);
}

}  // namespace rackrate::core::detail
