#include <bit>
#include <cstdint>
#include <limits>

#include "sim/core/detail/double_double.hpp"
#include "sim/core/detail/exp_kernel.hpp"
#include "sim/core/math.hpp"

namespace rackrate::core::math {
namespace {

/// x minus a whole number of quarter turns, to about 100 bits (W. J. Cody and W. Waite 1980).
struct Reduced {
  double hi = 0.0;
  double lo = 0.0;
  unsigned quadrant = 0;
};

/// For |x| <= kMaxAngle: the number of quarter turns then has at most 20 bits and its products with
/// the first two parts of pi/2 (33 bits each) are exact.
constexpr double kMaxAngle = 1e6;
constexpr double kHalfPi1 = 0x1.921fb544p+0;
constexpr double kHalfPi2 = 0x1.0b4611a6p-34;
constexpr double kHalfPi3 = 0x1.3198a2e037073p-69;

Reduced reduce(double x) {
  constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
  const double shifted = x * kTwoOverPi + detail::kRoundShift;
  const double n = shifted - detail::kRoundShift;
  const auto quadrant = static_cast<unsigned>(std::bit_cast<std::uint64_t>(shifted) & 3U);
  const detail::DoubleDouble a = detail::two_sum(x - n * kHalfPi1, -(n * kHalfPi2));
  const double b = a.lo - n * kHalfPi3;
  const double hi = a.hi + b;
  return {hi, (a.hi - hi) + b, quadrant};
}

/// sin(hi + lo) for |hi| <= pi/4, Taylor to the 17th power.
double sin_kernel(double hi, double lo) {
  const double z = hi * hi;
  const double p =
      1.0 / 120.0 +
      z * (-1.0 / 5040.0 + z * (1.0 / 362880.0 + z * (-1.0 / 39916800.0 +
                                                      z * (1.0 / 6227020800.0 + z * (-1.0 / 1307674368000.0 +
                                                                                     z * (1.0 / 355687428096000.0))))));
  // sin(hi + lo) = hi + (lo (1 - z/2) + hi z (-1/6 + z p))
  return hi + (lo * (1.0 - 0.5 * z) + hi * z * (-1.0 / 6.0 + z * p));
}

/// cos(hi + lo) for |hi| <= pi/4, Taylor to the 18th power.
double cos_kernel(double hi, double lo) {
  const double z = hi * hi;
  const double p =
      1.0 / 24.0 +
      z * (-1.0 / 720.0 +
           z * (1.0 / 40320.0 +
                z * (-1.0 / 3628800.0 +
                     z * (1.0 / 479001600.0 + z * (-1.0 / 87178291200.0 +
                                                   z * (1.0 / 20922789888000.0 + z * (-1.0 / 6402373705728000.0)))))));
  const double half = 0.5 * z;
  const double w = 1.0 - half;
  return w + (((1.0 - w) - half) + (z * z * p - hi * lo));
}

double from_quadrant(const Reduced& r, unsigned quadrant) {
  switch (quadrant & 3U) {
    case 0: return sin_kernel(r.hi, r.lo);
    case 1: return cos_kernel(r.hi, r.lo);
    case 2: return -sin_kernel(r.hi, r.lo);
    default: return -cos_kernel(r.hi, r.lo);
  }
}

}  // namespace

double sin(double x) {
  if (!(x >= -kMaxAngle && x <= kMaxAngle)) return std::numeric_limits<double>::quiet_NaN();
  if (x > -0x1p-27 && x < 0x1p-27) return x;
  const Reduced r = reduce(x);
  return from_quadrant(r, r.quadrant);
}

double cos(double x) {
  if (!(x >= -kMaxAngle && x <= kMaxAngle)) return std::numeric_limits<double>::quiet_NaN();
  const Reduced r = reduce(x);
  return from_quadrant(r, r.quadrant + 1U);
}

}  // namespace rackrate::core::math
