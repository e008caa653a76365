#pragma once

/// Numbers of about 106 bits as unevaluated sums of two doubles (Dekker 1971; Knuth, TAOCP 2, 4.2.2).
/// Everything is constexpr: the tables of exp and log are computed by the compiler, in IEEE
/// arithmetic, from the series below; there is no column of digits to trust.
/// Correct only without contraction to fused multiply-add (-ffp-contract=off) and without -ffast-math.
namespace rackrate::core::detail {

struct DoubleDouble {
  double hi = 0.0;
  double lo = 0.0;
};

/// a + b exactly, for |a| >= |b| or a == 0.
constexpr DoubleDouble quick_two_sum(double a, double b) {
  const double s = a + b;
  return {s, (a - s) + b};
}

/// a + b exactly.
constexpr DoubleDouble two_sum(double a, double b) {
  const double s = a + b;
  const double t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

/// a * b exactly (Veltkamp's split), for magnitudes well inside the exponent range.
constexpr DoubleDouble two_product(double a, double b) {
  constexpr double kSplit = 134217729.0;  // 2^27 + 1
  const double p = a * b;
  const double ta = kSplit * a;
  const double ah = ta - (ta - a);
  const double al = a - ah;
  const double tb = kSplit * b;
  const double bh = tb - (tb - b);
  const double bl = b - bh;
  return {p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

constexpr DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble s = two_sum(a.hi, b.hi);
  const DoubleDouble t = two_sum(a.lo, b.lo);
  const DoubleDouble u = quick_two_sum(s.hi, s.lo + t.hi);
  return quick_two_sum(u.hi, u.lo + t.lo);
}

constexpr DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble p = two_product(a.hi, b.hi);
  return quick_two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

constexpr DoubleDouble operator/(DoubleDouble a, DoubleDouble b) {
  const double q1 = a.hi / b.hi;
  DoubleDouble r = a + DoubleDouble{-q1, 0.0} * b;
  const double q2 = r.hi / b.hi;
  r = r + DoubleDouble{-q2, 0.0} * b;
  return quick_two_sum(q1, q2) + DoubleDouble{r.hi / b.hi, 0.0};
}

/// ln v for 0.5 <= v <= 2, from 2 atanh((v-1)/(v+1)).
constexpr DoubleDouble ln_series(double v) {
  const DoubleDouble t =
      (DoubleDouble{v, 0.0} + DoubleDouble{-1.0, 0.0}) / (DoubleDouble{v, 0.0} + DoubleDouble{1.0, 0.0});
  const DoubleDouble t2 = t * t;
  DoubleDouble power = t;
  DoubleDouble sum = t;
  for (int n = 3; n < 75; n += 2) {
    power = power * t2;
    sum = sum + power / DoubleDouble{static_cast<double>(n), 0.0};
  }
  return sum + sum;
}

/// exp x for 0 <= x <= 1, from its Taylor series.
constexpr DoubleDouble exp_series(DoubleDouble x) {
  DoubleDouble term{1.0, 0.0};
  DoubleDouble sum{1.0, 0.0};
  for (int n = 1; n < 32; ++n) {
    term = term * x / DoubleDouble{static_cast<double>(n), 0.0};
    sum = sum + term;
  }
  return sum;
}

inline constexpr DoubleDouble kLn2 = ln_series(2.0);

}  // namespace rackrate::core::detail
