#pragma once
#include <compare>
#include <cstdint>
#include <string>

#include "sim/core/whole.hpp"

namespace rackrate::market {

/// Nominal US dollars in whole units of 1e-4 $: sums are the same in any order and books balance exactly.
struct Money {
  std::int64_t tenthousandths = 0;

  /// Rounds half away from zero. Throws: core::LedgerError when not finite or beyond the range of +-9.2e14 $.
  [[nodiscard]] static Money from_usd(double usd);
  [[nodiscard]] double usd() const { return core::real(tenthousandths) / 1e4; }

  // Checked: an overflow throws core::LedgerError.
  Money& operator+=(Money other);
  Money& operator-=(Money other);
  friend Money operator+(Money a, Money b) { return a += b; }
  friend Money operator-(Money a, Money b) { return a -= b; }
  friend Money operator-(Money a) { return Money{} - a; }
  friend auto operator<=>(Money, Money) = default;
};

/// An amount times a factor such as a revenue share, rounded half away from zero.
[[nodiscard]] Money scaled(Money amount, double factor);

/// "-1234.5678 $"
[[nodiscard]] std::string to_string(Money amount);

}  // namespace rackrate::market
