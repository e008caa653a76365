#pragma once
#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/sim_time.hpp"
#include "sim/core/whole.hpp"

namespace rackrate::core {

/// Nominal US dollars in whole units of 1e-4 $, or such a price of one unit of something (a chip, an H100e-hour): sums
/// are the same in any order, and books balance exactly.
///
/// The rounding rule: what is computed in dollars becomes Money once, in from_usd() or scaled(), and is then the
/// nearest whole unit; halves go away from zero. So -x rounds to the opposite of what x rounds to, and payer and payee
/// agree. What falls due bit by bit is not rounded bit by bit: it is the increase of a running total (accrued()), so
/// that the parts add up to the whole.
///
/// Throws: core::LedgerError where a sum, a product or a rounded amount leaves the range of +-9.2e14 $.
class Money {
 public:
  constexpr Money() = default;
  explicit constexpr Money(std::int64_t tenthousandths) : tenthousandths_(tenthousandths) {}
  template <std::floating_point F>
  explicit Money(F) = delete;  ///< from_usd() says the unit, and that it rounds

  /// `what`: the amount as an error calls it, "a penalty, in $,".
  [[nodiscard]] static Money from_usd(double usd, std::string_view what = "an amount, in $,");
  [[nodiscard]] constexpr double usd() const { return real(tenthousandths_) / 1e4; }
  [[nodiscard]] constexpr std::int64_t tenthousandths() const { return tenthousandths_; }

  constexpr Money& operator+=(Money other) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(tenthousandths_, other.tenthousandths_, &sum)) overflow("a sum");
    return *this = Money{sum};
  }
  constexpr Money& operator-=(Money other) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(tenthousandths_, other.tenthousandths_, &difference)) overflow("a difference");
    return *this = Money{difference};
  }
  constexpr Money& operator*=(std::int64_t factor) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(tenthousandths_, factor, &product)) overflow("a product");
    return *this = Money{product};
  }
  friend constexpr Money operator+(Money a, Money b) { return a += b; }
  friend constexpr Money operator-(Money a, Money b) { return a -= b; }
  friend constexpr Money operator-(Money a) { return Money{} - a; }
  friend constexpr Money operator*(Money a, std::int64_t factor) { return a *= factor; }
  friend constexpr Money operator*(std::int64_t factor, Money a) { return a *= factor; }
  template <std::floating_point F>
  friend Money operator*(Money, F) = delete;  ///< scaled() says that it rounds
  template <std::floating_point F>
  friend Money operator*(F, Money) = delete;
  friend constexpr auto operator<=>(Money, Money) = default;

 private:
  [[noreturn]] static void overflow(std::string_view what);

  std::int64_t tenthousandths_ = 0;
};

/// An amount times a factor such as a revenue share, rounded by the rule.
[[nodiscard]] Money scaled(Money amount, double factor, std::string_view what = "an amount, in $,");
/// amount x part / whole, exact before it is rounded by the rule. Precondition: whole > 0.
[[nodiscard]] Money scaled(Money amount, std::int64_t part, std::int64_t whole);
/// amount x part / whole, cut towards zero: what has accrued of an amount when `part` of `whole` has passed. What falls
/// due for a step is the difference of two of these; steps from 0 to `whole` sum to the amount. Precondition: whole >
/// 0.
[[nodiscard]] Money accrued(Money amount, std::int64_t part, std::int64_t whole);

// The same for a part of a time.
[[nodiscard]] inline Money scaled(Money amount, SimDuration part, SimDuration whole) {
  return scaled(amount, part.count(), whole.count());
}
[[nodiscard]] Money accrued(Money amount, SimDuration part, SimDuration whole);

/// Dollars with four decimals: "-1234.5678"
[[nodiscard]] std::string decimal(Money amount);
/// "-1234.5678 $"
[[nodiscard]] std::string to_string(Money amount);

}  // namespace rackrate::core
