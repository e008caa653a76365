#include "sim/core/math.hpp"

#include <bit>
#include <cstdint>
#include <limits>

#include "sim/core/detail/exp_kernel.hpp"
#include "sim/core/detail/log_kernel.hpp"

#if defined(__FAST_MATH__)
#error "results are part of the interface: build without -ffast-math"
#endif

namespace rackrate::core::math {
namespace {

using detail::DoubleDouble;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kExpOverflow = 709.782712893384;     // ln of the largest double
constexpr double kExpUnderflow = -745.1332191019412;  // ln of half the smallest

/// Sign-free view of the special cases that all logarithms share. Returns true when `out` is the answer.
bool log_special(double x, double& out) {
  if (x > 0.0 && x < kInfinity) return false;
  out = x == 0.0 ? -kInfinity : x == kInfinity ? kInfinity : kNan;
  return true;
}

/// For positive finite x, subnormal ones included.
detail::LogParts parts_of(double x) {
  if (x < std::numeric_limits<double>::min()) [[unlikely]] {
    return detail::log_parts(std::bit_cast<std::uint64_t>(x * 0x1p54), -54);
  }
  return detail::log_parts(std::bit_cast<std::uint64_t>(x), 0);
}

double log_of_parts(const detail::LogParts& p) {
  const double r = p.r.hi;
  // |base| > |r| except where base is 0, so the quick sum is exact.
  const DoubleDouble s = detail::quick_two_sum(p.base_hi, r);
  const double r2 = r * r;
  return s.hi + ((s.lo + (p.base_lo + p.r.lo)) + (r2 * r * detail::log_tail(r) - 0.5 * r2));
}

}  // namespace

double exp(double x) {
  if (!(x <= kExpOverflow)) return x > 0.0 ? kInfinity : kNan;
  if (x < kExpUnderflow) return 0.0;
  return detail::exp_of_sum(x, 0.0);
}

double expm1(double x) {
  if (!(x <= kExpOverflow)) return x > 0.0 ? kInfinity : kNan;
  if (x < -50.0) return -1.0;
  if (x > 50.0) return detail::exp_of_sum(x, 0.0);  // the 1 is below half an ulp beyond 37
  const detail::ExpParts e = detail::exp_parts(x, 0.0);
  if (e.exponent == 0 && e.table.hi == 1.0) return x == 0.0 ? x : e.fraction;
  const double scale = detail::scale_by_power_of_two(1.0, e.exponent);
  const double s = scale * e.table.hi;
  const DoubleDouble whole = detail::two_sum(s, -1.0);
  return whole.hi + (whole.lo + (scale * e.table.lo + s * e.fraction));
}

double log(double x) {
  double special = 0.0;
  if (log_special(x, special)) [[unlikely]]
    return special;
  return log_of_parts(parts_of(x));
}

double log1p(double x) {
  if (!(x > -1.0)) return x == -1.0 ? -kInfinity : kNan;
  if (x == kInfinity) return x;
  if (x > -0x1p-54 && x < 0x1p-54) return x;
  const DoubleDouble u = detail::two_sum(1.0, x);
  // ln(hi + lo) = ln hi + lo/hi - ..., and lo/hi is below 2^-53.
  return log_of_parts(parts_of(u.hi)) + u.lo / u.hi;
}

double log10(double x) {
  double special = 0.0;
  if (log_special(x, special)) return special;
  constexpr DoubleDouble kInverseLn10 =
      DoubleDouble{1.0, 0.0} / (detail::kLn2 + detail::kLn2 + detail::kLn2 + detail::ln_series(1.25));
  const DoubleDouble y = detail::log_extended(parts_of(x)) * kInverseLn10;
  return y.hi + y.lo;
}

double pow(double x, double y) {
  if (y == 0.0 || x == 1.0) return 1.0;
  if (!(x >= 0.0) || y != y) return kNan;
  if (x == 0.0 || x == kInfinity) return (x == 0.0) == (y > 0.0) ? 0.0 : kInfinity;
  // |ln x| >= 2^-54 here, so a larger exponent over- or underflows; it would also break the exact product.
  if (y > 1e25 || y < -1e25) return (x > 1.0) == (y > 0.0) ? kInfinity : 0.0;
  const DoubleDouble l = detail::log_extended(parts_of(x));
  const DoubleDouble p = detail::two_product(y, l.hi);
  const double low = p.lo + y * l.lo;
  if (p.hi > kExpOverflow) return kInfinity;
  if (p.hi < kExpUnderflow) return 0.0;
  return detail::exp_of_sum(p.hi, low);
}

double sqrt(double x) { return __builtin_sqrt(x); }

}  // namespace rackrate::core::math
