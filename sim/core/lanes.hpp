#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

/// exp, log and sin in a form that vectorises: no table, no branch, the same operations in the same order for every
/// lane. Each is a template over a number of doubles that one processor operation handles: 1 is a plain double, 2, 4
/// and 8 are the compiler's vectors. All give the same bits, because IEEE arithmetic without contraction is the same in
/// each lane (tests/core/lanes.test.cpp compares them).
///
/// They are for whole arrays of draws and utilities. A single number is served better by sim/core/math.hpp, whose
/// functions accept every argument; these do not. Accuracy: exp and log 1 ulp, sin_pi 3 ulp.
///
/// A function that uses them with wider vectors than the baseline's is compiled for its processor
/// (`__attribute__((target(...)))`) and everything here is inlined into it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"  // nothing here is ever called: all is inlined
namespace rackrate::core::lanes {

#define RACKRATE_LANE [[gnu::always_inline]] inline

/// `Width` doubles.
template <std::size_t Width>
struct Pack {
  using Numbers [[gnu::vector_size(Width * sizeof(double))]] = double;
  using Bits [[gnu::vector_size(Width * sizeof(double))]] = std::uint64_t;
};
template <>
struct Pack<1> {
  using Numbers = double;
  using Bits = std::uint64_t;
};
template <class D>
struct Traits;
template <>
struct Traits<Pack<1>::Numbers> : Pack<1> {};
template <>
struct Traits<Pack<2>::Numbers> : Pack<2> {};
template <>
struct Traits<Pack<4>::Numbers> : Pack<4> {};
template <>
struct Traits<Pack<8>::Numbers> : Pack<8> {};
template <class D>
using BitsOf = typename Traits<D>::Bits;
template <class D>
inline constexpr std::size_t kWidth = sizeof(D) / sizeof(double);

template <class D>
RACKRATE_LANE D load(const double* from) {
  D x;
  std::memcpy(&x, from, sizeof x);
  return x;
}
template <class D>
RACKRATE_LANE BitsOf<D> load_bits(const std::uint64_t* from) {
  BitsOf<D> x;
  std::memcpy(&x, from, sizeof x);
  return x;
}
template <class D>
RACKRATE_LANE void store(double* to, D x) {
  std::memcpy(to, &x, sizeof x);
}
template <class D>
RACKRATE_LANE D all(double x) {
  return D{} + x;
}
template <class D>
RACKRATE_LANE BitsOf<D> bits(D x) {
  return __builtin_bit_cast(BitsOf<D>, x);
}
template <class D>
RACKRATE_LANE D number(BitsOf<D> x) {
  return __builtin_bit_cast(D, x);
}
/// a < b ? yes : no in each lane; of two equal infinities either. By the sign of the difference: g++ compiles a
/// comparison of vectors that are wider than the baseline's lane by lane, before it inlines it into a function for its
/// processor.
template <class D>
RACKRATE_LANE D where_below(D a, D b, D yes, D no) {
  if constexpr (kWidth<D> == 1) {
    return a < b ? yes : no;
  } else {
    const BitsOf<D> mask = BitsOf<D>{} - (bits<D>(a - b) >> 63);
    return number<D>((bits<D>(yes) & mask) | (bits<D>(no) & ~mask));
  }
}
template <class D>
RACKRATE_LANE D max(D a, D b) {
  return where_below<D>(b, a, a, b);
}
/// The first `count` lanes of x, and `behind` in those that follow.
template <class D>
RACKRATE_LANE D first(D x, std::size_t count, double behind) {
  if constexpr (kWidth<D> == 1) {
    return count > 0 ? x : behind;
  } else {
    D lane;
    if constexpr (kWidth<D> == 2) lane = D{0, 1};
    if constexpr (kWidth<D> == 4) lane = D{0, 1, 2, 3};
    if constexpr (kWidth<D> == 8) lane = D{0, 1, 2, 3, 4, 5, 6, 7};
    return where_below<D>(lane, all<D>(static_cast<double>(count)), x, all<D>(behind));
  }
}
/// The greatest lane.
template <class D>
RACKRATE_LANE double greatest(D x) {
  if constexpr (kWidth<D> == 1) {
    return x;
  } else {
    using Half = typename Pack<kWidth<D> / 2>::Numbers;
    double lane[kWidth<D>];
    store<D>(lane, x);
    return greatest<Half>(max<Half>(load<Half>(lane), load<Half>(lane + kWidth<D> / 2)));
  }
}

/// 32 random bits as a number in (0, 1): (half + 1/2) / 2^32.
template <class D>
RACKRATE_LANE D unit_of_half(BitsOf<D> half) {
  constexpr std::uint64_t kExponent = 0x4330000000000000ULL;  // of 2^52: the half becomes its fraction
  return (number<D>(half | kExponent) - 0x1p52 + 0.5) * 0x1p-32;
}

/// e^x for -700 <= x <= 700. Reduction by ln 2 in two parts (Cody and Waite 1980), Taylor's series to the 13th power.
template <class D>
RACKRATE_LANE D exp(D x) {
  constexpr double kRound = 0x1.8p52;  // adding and taking it away rounds to a whole number
  constexpr double kLn2Hi = 0x1.62e42feep-1, kLn2Lo = 0x1.a39ef35793c76p-33;
  const D shifted = x * 0x1.71547652b82fep+0 + kRound;
  const D k = shifted - kRound;
  const D r = (x - k * kLn2Hi) - k * kLn2Lo;
  const D r2 = r * r, r4 = r2 * r2;
  const D low = (0.5 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const D middle = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const D high = (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800.0));
  const D y = 1.0 + (r + r2 * (low + r4 * (middle + r4 * high)));
  return number<D>(bits<D>(y) + (bits<D>(shifted) << 52));
}

/// ln x for positive normal x. The method and the coefficients are those of FreeBSD's e_log.c (Sun Microsystems 1993):
/// x = 2^k (1 + f), s = f/(2 + f), ln(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)).
template <class D>
RACKRATE_LANE D log(D x) {
  constexpr double kLn2Hi = 0x1.62e42feep-1, kLn2Lo = 0x1.a39ef35793c76p-33;
  constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e00000000ULL, kOne = 0x3ff0000000000000ULL;
  const BitsOf<D> shifted = bits<D>(x) + (kOne - kSqrtHalf);
  const D k = number<D>((shifted >> 52) | 0x4330000000000000ULL) - (0x1p52 + 1023.0);
  const D f = number<D>((shifted & 0xfffffffffffffULL) + kSqrtHalf) - 1.0;
  const D s = f / (2.0 + f);
  const D z = s * s, w = z * z;
  const D even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const D odd = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const D half = 0.5 * f * f;
  return k * kLn2Hi - ((half - (s * (half + (even + odd)) + k * kLn2Lo)) - f);
}

/// sin(pi x) for 0 <= x <= 1, to the nearer end, so that it is accurate relatively. Taylor's series to the 21st power.
template <class D>
RACKRATE_LANE D sin_pi(D x) {
  const D other = 1.0 - x;
  const D a = where_below<D>(x, other, x, other) * 3.14159265358979323846;
  const D z = a * a, z2 = z * z;
  const D low = (-1.0 / 6 + z * (1.0 / 120)) + z2 * (-1.0 / 5040 + z * (1.0 / 362880));
  const D middle =
      (-1.0 / 39916800 + z * (1.0 / 6227020800.0)) + z2 * (-1.0 / 1307674368000.0 + z * (1.0 / 355687428096000.0));
  const D high = -1.0 / 121645100408832000.0 + z * (1.0 / 51090942171709440000.0);
  const D z4 = z2 * z2;
  return a + a * z * (low + z4 * (middle + z4 * high));
}

}  // namespace rackrate::core::lanes
#pragma GCC diagnostic pop
