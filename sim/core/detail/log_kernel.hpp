#pragma once
#include <array>
#include <bit>
#include <cstdint>

#include "sim/core/detail/double_double.hpp"

/// The common part of log, log10 and pow: x = 2^k z, and z inv = 1 + r with a table of short
/// reciprocals (P. T. P. Tang 1990, ACM TOMS 16, 378-400). The reciprocals have 11 bits, so 1 + r is
/// formed without rounding from two halves of z, and no fused multiply-add is needed.
namespace rackrate::core::detail {

inline constexpr int kLogBits = 7;
inline constexpr std::uint64_t kLogOffset = 0x3fe6000000000000ULL;  // 0.6875: z lies in [0.6875, 1.375)

struct LogEntry {
  double inverse = 1.0;  ///< about 1/z, a multiple of 2^-10; exactly 1 on both sides of z = 1
  double log_hi = 0.0;   ///< -ln(inverse), a multiple of 2^-42: k ln2_hi + log_hi is then exact
  double log_lo = 0.0;
};

/// Rounds to a multiple of 2^-42.
constexpr double round_42(double x) { return (x + 0x1.8p10) - 0x1.8p10; }

constexpr std::array<LogEntry, 1 << kLogBits> make_log_table() {
  std::array<LogEntry, 1 << kLogBits> table{};
  constexpr std::uint64_t kWidth = 1ULL << (52 - kLogBits);
  for (std::uint64_t i = 0; i < table.size(); ++i) {
    const double left = std::bit_cast<double>(kLogOffset + i * kWidth);
    const double right = std::bit_cast<double>(kLogOffset + (i + 1) * kWidth);
    if (left == 1.0 || right == 1.0) continue;  // keeps log accurate, relatively, near 1
    const double inverse = ((2.0 / (left + right)) + 0x1.8p42) - 0x1.8p42;
    const DoubleDouble ln = ln_series(inverse);
    const double hi = round_42(-ln.hi);
    table[i] = {inverse, hi, (-ln.hi - hi) - ln.lo};
  }
  return table;
}
inline constexpr auto kLogTable = make_log_table();
inline constexpr double kLn2Hi = round_42(kLn2.hi);
inline constexpr double kLn2Lo = (kLn2.hi - kLn2Hi) + kLn2.lo;

struct LogParts {
  double base_hi = 0.0;  ///< k ln2 - ln(inverse): exact
  double base_lo = 0.0;  ///< its correction
  DoubleDouble r;        ///< exact; ln x = base_hi + base_lo + ln(1 + r), |r| <= 2^-7
};

/// For positive normal `x_bits`, scaled from the true argument by 2^-extra.
inline LogParts log_parts(std::uint64_t x_bits, int extra) {
  const std::uint64_t offset = x_bits - kLogOffset;
  const LogEntry& entry = kLogTable[(offset >> (52 - kLogBits)) & ((1U << kLogBits) - 1U)];
  const auto k = static_cast<double>((static_cast<std::int64_t>(offset) >> 52) + extra);
  const std::uint64_t z_bits = x_bits - (offset & (0xfffULL << 52));
  const double z = std::bit_cast<double>(z_bits);
  const double z_hi = std::bit_cast<double>(z_bits & ~0x7ffffffULL);  // 26 bits
  const double a = z_hi * entry.inverse - 1.0;                        // exact: 37 bits
  const double b = (z - z_hi) * entry.inverse;                        // exact: 38 bits
  const double r = a + b;
  return {k * kLn2Hi + entry.log_hi, k * kLn2Lo + entry.log_lo, {r, (a - r) + b}};
}

/// (ln(1+r) - r + r^2/2) / r^3; the first term left out of ln(1+r) is below 2^-59 r.
inline double log_tail(double r) {
  const double r2 = r * r;
  return ((1.0 / 3.0 - r * 0.25) + r2 * (0.2 - r * (1.0 / 6.0))) + (r2 * r2) * (1.0 / 7.0 - r * 0.125);
}

/// ln x to about 68 bits for positive finite x.
inline DoubleDouble log_extended(const LogParts& p) {
  const double r = p.r.hi;
  const DoubleDouble square = two_product(r, r);
  const DoubleDouble linear = two_sum(p.base_hi, r);
  const DoubleDouble quadratic = two_sum(linear.hi, -0.5 * square.hi);
  const double rest = (linear.lo + quadratic.lo) +
                      (((p.base_lo + p.r.lo) - 0.5 * square.lo) + (r * square.hi * log_tail(r) - r * p.r.lo));
  return quick_two_sum(quadratic.hi, rest);
}

}  // namespace rackrate::core::detail
