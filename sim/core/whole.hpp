#pragma once
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string_view>

namespace rackrate::core {

/// Exclusive upper bound of a single count of a run; sums of many of them still fit 64 bits.
inline constexpr double kLargestCount = 0x1p56;

/// Throws: LedgerError that names the value that exceeds the range of a run.
[[noreturn]] void beyond_whole(double value, std::string_view what);

/// A whole number as a double: exact up to 2^53, else the nearest.
template <std::integral N>
[[nodiscard]] constexpr double real(N number) {
  return static_cast<double>(number);
}

/// A double as a whole number, cut towards zero. A cast alone is undefined for what 64 bits cannot hold.
/// Throws: LedgerError when the value is not finite or its size is 2^56 or more.
[[nodiscard]] inline std::int64_t whole(double value, std::string_view what) {
  if (!(std::fabs(value) < kLargestCount)) beyond_whole(value, what);
  return static_cast<std::int64_t>(value);
}

/// The nearest whole number; halves go away from zero, in any rounding mode. Precondition: its size is below 2^63.
[[nodiscard]] inline std::int64_t nearest_whole(double value) {
  const auto cut = static_cast<std::int64_t>(value);
  const double rest = value - real(cut);  // exact
  return cut + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0);
}

/// amount x part / whole, cut towards zero; exact where the product needs more than 64 bits. `whole` is not 0, and the
/// result fits.
[[nodiscard]] inline std::int64_t share_of_whole(std::int64_t amount, std::int64_t part, std::int64_t whole) {
  __extension__ using Wide = __int128;
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(amount, part, &product)) return product / whole;
  return static_cast<std::int64_t>(static_cast<Wide>(amount) * part / whole);
}

/// sum += by. Throws as above where 64 bits cannot hold it.
inline void add_whole(std::int64_t& sum, std::int64_t by, std::string_view what) {
  const double before = static_cast<double>(sum);
  if (__builtin_add_overflow(sum, by, &sum)) beyond_whole(before + static_cast<double>(by), what);
}

}  // namespace rackrate::core
