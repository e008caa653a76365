#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sim/core/lanes.hpp"

/// What lanes.hpp is for doubles, for floats: twice as many in a vector, with polynomials half as long. For numbers
/// that are compared and not kept. Accuracy: relative errors below 10^-6, also of what lies next to 0. All numbers of
/// lanes give the same bits.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"  // nothing here is ever called: all is inlined
namespace rackrate::core::lanes {

/// `Width` floats.
template <std::size_t Width>
struct FloatPack {
  using Numbers [[gnu::vector_size(Width * sizeof(float))]] = float;
  using Bits [[gnu::vector_size(Width * sizeof(float))]] = std::uint32_t;
  using Whole [[gnu::vector_size(Width * sizeof(float))]] = std::int32_t;
};
template <>
struct FloatPack<1> {
  using Numbers = float;
  using Bits = std::uint32_t;
  using Whole = std::int32_t;
};
template <class F>
using FloatsOf = FloatPack<sizeof(F) / sizeof(float)>;
template <class F>
inline constexpr std::size_t kFloatWidth = sizeof(F) / sizeof(float);

template <class V, class From>
RACKRATE_LANE V load_floats(const From* from) {
  static_assert(sizeof(From) == sizeof(float));
  V x;
  std::memcpy(&x, from, sizeof x);
  return x;
}
template <class V>
RACKRATE_LANE void store_floats(float* to, V x) {
  std::memcpy(to, &x, sizeof x);
}
/// Of 0 to 2^31.
template <class F>
RACKRATE_LANE F as_float(typename FloatsOf<F>::Bits whole) {
  if constexpr (kFloatWidth<F> == 1) {
    return static_cast<float>(static_cast<std::int32_t>(whole));
  } else {
    return __builtin_convertvector(__builtin_bit_cast(typename FloatsOf<F>::Whole, whole), F);
  }
}
/// Doubles of as many floats.
template <class D>
RACKRATE_LANE D load_as_double(const float* from) {
  if constexpr (kWidth<D> == 1) {
    return static_cast<double>(*from);
  } else {
    return __builtin_convertvector(load_floats<typename FloatPack<kWidth<D>>::Numbers>(from), D);
  }
}

/// where_below() of lanes.hpp.
template <class F>
RACKRATE_LANE F where_below_float(F a, F b, F yes, F no) {
  if constexpr (kFloatWidth<F> == 1) {
    return a < b ? yes : no;
  } else {
    using Bits = typename FloatsOf<F>::Bits;
    const Bits mask = Bits{} - (__builtin_bit_cast(Bits, a - b) >> 31);
    return __builtin_bit_cast(F, (__builtin_bit_cast(Bits, yes) & mask) | (__builtin_bit_cast(Bits, no) & ~mask));
  }
}

/// half + 1/2.
template <class F>
RACKRATE_LANE F half_as_float(typename FloatsOf<F>::Bits half) {
  return as_float<F>(half >> 16) * 65536.0F + (as_float<F>(half & 0xffffU) + 0.5F);
}

/// k ln 2 + ln(1 + f), 1 + f between sqrt(1/2) and sqrt(2). Coefficients of Cephes' logf (Moshier 1989).
template <class F>
RACKRATE_LANE F log_of_parts(F k, F f) {
  const F z = f * f;
  const F even = 3.3333331174e-1F +
                 z * (2.0000714765e-1F + z * (1.4249322787e-1F + z * (1.1676998740e-1F + z * 7.0376836292e-2F)));
  const F odd = -2.4999993993e-1F + z * (-1.6668057665e-1F + z * (-1.2420140846e-1F + z * -1.1514610310e-1F));
  const F rest = f * z * (even + f * odd) + k * -2.12194440e-4F - 0.5F * z;
  return k * 0.693359375F + (f + rest);
}

/// ln x for positive normal x.
template <class F>
RACKRATE_LANE F log_float(F x) {
  constexpr std::uint32_t kSqrtHalf = 0x3f3504f3U, kOne = 0x3f800000U;
  using Bits = typename FloatsOf<F>::Bits;
  const Bits shifted = __builtin_bit_cast(Bits, x) + (kOne - kSqrtHalf);
  const F k = as_float<F>(shifted >> 23) - 127.0F;
  const F f = __builtin_bit_cast(F, (shifted & 0x7fffffU) + kSqrtHalf) - 1.0F;
  return log_of_parts<F>(k, f);
}

/// -ln u of u = (half + 1/2) / 2^32. Near 1 it is made of 1 - u, of which all digits are known.
template <class F>
RACKRATE_LANE F wait_of_half(typename FloatsOf<F>::Bits half) {
  constexpr std::uint32_t kSqrtHalf = 0x3f3504f3U, kOne = 0x3f800000U;
  using Bits = typename FloatsOf<F>::Bits;
  const F u = half_as_float<F>(half), rest = half_as_float<F>(~half);
  const Bits shifted = __builtin_bit_cast(Bits, u) + (kOne - kSqrtHalf);
  const F k = as_float<F>(shifted >> 23) - (127.0F + 32.0F);
  const F f = __builtin_bit_cast(F, (shifted & 0x7fffffU) + kSqrtHalf) - 1.0F;
  const F near = F{} + 0.75F * 0x1p32F;
  return -log_of_parts<F>(where_below_float<F>(u, near, k, F{}), where_below_float<F>(u, near, f, rest * -0x1p-32F));
}

/// sin(pi x), 0 <= x <= 1, with 1 - x for the digits of x near 1. Taylor's series to the 11th power.
template <class F>
RACKRATE_LANE F sin_pi_float(F x, F rest) {
  const F a = where_below_float<F>(x, rest, x, rest) * 3.14159265F;
  const F z = a * a;
  return a + a * z * (-1.0F / 6 + z * (1.0F / 120 + z * (-1.0F / 5040 + z * (1.0F / 362880 + z * (-1.0F / 39916800)))));
}

}  // namespace rackrate::core::lanes
#pragma GCC diagnostic pop
