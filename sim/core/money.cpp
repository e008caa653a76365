#include "sim/core/money.hpp"

#include "sim/core/error.hpp"

namespace rackrate::core {
namespace {

__extension__ using Wide = __int128;

/// Throws: LedgerError when it is beyond the range.
Money checked(Wide units) {
  if (units != static_cast<std::int64_t>(units)) beyond_whole(static_cast<double>(units) / 1e4, "an amount, in $,");
  return Money{static_cast<std::int64_t>(units)};
}

Money rounded(double units, std::string_view what) {
  if (!(std::fabs(units) < 0x1p63)) beyond_whole(units / 1e4, what);
  return Money{nearest_whole(units)};
}

}  // namespace

Money Money::from_usd(double usd, std::string_view what) { return rounded(usd * 1e4, what); }

void Money::overflow(std::string_view what) {
  throw LedgerError(std::string(what) + " of money leaves the range of +-9.2e14 $");
}

Money scaled(Money amount, double factor, std::string_view what) {
  return rounded(real(amount.tenthousandths()) * factor, what);
}

Money scaled(Money amount, std::int64_t part, std::int64_t whole) {
  const Wide product = Wide{amount.tenthousandths()} * part;
  const Wide cut = product / whole, rest = product % whole;
  const Wide twice = 2 * (rest < 0 ? -rest : rest);
  return checked(cut + (twice < whole ? 0 : product < 0 ? -1 : 1));
}

Money accrued(Money amount, std::int64_t part, std::int64_t whole) {
  std::int64_t product = 0;  // the usual case needs no division of 128 bits
  if (!__builtin_mul_overflow(amount.tenthousandths(), part, &product)) return Money{product / whole};
  return checked(Wide{amount.tenthousandths()} * part / whole);
}

Money accrued(Money amount, SimDuration part, SimDuration whole) {
  // Whole days, the usual case, are the same ratio in smaller numbers.
  constexpr std::int64_t day = SimDuration{kDay}.count();
  const bool in_days = part.count() % day == 0 && whole.count() % day == 0;
  return in_days ? accrued(amount, part.count() / day, whole.count() / day)
                 : accrued(amount, part.count(), whole.count());
}

std::string decimal(Money amount) {
  const bool negative = amount.tenthousandths() < 0;
  const std::uint64_t units = negative ? 0 - static_cast<std::uint64_t>(amount.tenthousandths())
                                       : static_cast<std::uint64_t>(amount.tenthousandths());
  std::string fraction = std::to_string(units % 10'000);
  fraction.insert(0, 4 - fraction.size(), '0');
  return std::string(negative ? "-" : "").append(std::to_string(units / 10'000)).append(".").append(fraction);
}

std::string to_string(Money amount) { return decimal(amount).append(" $"); }

}  // namespace rackrate::core
