#include "sim/market/primitives/money.hpp"

#include <cmath>

#include "sim/core/error.hpp"
#include "sim/core/whole.hpp"

namespace rackrate::market {
namespace {

std::int64_t rounded(double tenthousandths) {
  if (!(std::fabs(tenthousandths) < 0x1p63)) {
    throw core::LedgerError(
        std::string("an amount is not finite or beyond 9.2e14 $: ").append(std::to_string(tenthousandths / 1e4)));
  }
  return static_cast<std::int64_t>(std::round(tenthousandths));  // half away from zero, exact in any mode
}

[[noreturn]] void overflow(Money a, const char* sign, Money b) {
  throw core::LedgerError(std::string("money overflows: ").append(to_string(a)).append(sign).append(to_string(b)));
}

}  // namespace

Money Money::from_usd(double usd) { return Money{rounded(usd * 1e4)}; }

Money& Money::operator+=(Money other) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(tenthousandths, other.tenthousandths, &sum)) overflow(*this, " + ", other);
  tenthousandths = sum;
  return *this;
}

Money& Money::operator-=(Money other) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(tenthousandths, other.tenthousandths, &difference)) overflow(*this, " - ", other);
  tenthousandths = difference;
  return *this;
}

Money scaled(Money amount, double factor) { return Money{rounded(core::real(amount.tenthousandths) * factor)}; }

std::string to_string(Money amount) {
  const bool negative = amount.tenthousandths < 0;
  const std::uint64_t units = negative ? 0 - static_cast<std::uint64_t>(amount.tenthousandths)
                                       : static_cast<std::uint64_t>(amount.tenthousandths);
  std::string fraction = std::to_string(units % 10'000);
  fraction.insert(0, 4 - fraction.size(), '0');
  return std::string(negative ? "-" : "")
      .append(std::to_string(units / 10'000))
      .append(".")
      .append(fraction)
      .append(" $");
}

}  // namespace rackrate::market
