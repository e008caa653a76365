#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

/// Gamma functions for the laws that draws are compared with.
namespace rackrate::market::test {

/// ln Gamma(x), x > 0. Stirling's series after shifting x above 12; relative error about 1e-15.
inline double log_gamma(double x) {
  if (!(x > 0.0)) throw std::invalid_argument("log_gamma: x must be positive");
  double product = 1.0;
  for (; x < 12.0; x += 1.0) product *= x;
  // Bernoulli numbers B_2k / (2k (2k - 1)); at x >= 12 the next term is below 1e-18.
  const double y = 1.0 / (x * x);
  const double series =
      (1.0 / 12 -
       y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * (691.0 / 360360 - y / 156.0)))))) /
      x;
  constexpr double kHalfLogTwoPi = 0.91893853320467274178;
  return (x - 0.5) * std::log(x) - x + kHalfLogTwoPi + series - std::log(product);
}

/// Regularised lower incomplete gamma function P(k, x), k > 0, x >= 0: the distribution of a Gamma(k, 1) variable.
/// Source: series for x < k + 1, else Lentz's continued fraction (Press et al. 2007, section 6.2).
inline double gamma_cdf(double shape, double x) {
  if (!(shape > 0.0) || !(x >= 0.0))
    throw std::invalid_argument("gamma_cdf: shape must be positive and x not negative");
  if (x == 0.0) return 0.0;
  const double front = std::exp(shape * std::log(x) - x - log_gamma(shape));
  constexpr double kEps = std::numeric_limits<double>::epsilon();
  if (x < shape + 1.0) {
    double term = 1.0 / shape;
    double sum = term;
    for (double n = shape + 1.0; term > kEps * 0.1 * sum; n += 1.0) {
      term *= x / n;
      sum += term;
    }
    return std::min(1.0, front * sum);
  }
  constexpr double kTiny = 1e-300;
  double b = x + 1.0 - shape;
  double c = 1.0 / kTiny;
  double d = 1.0 / b;
  double h = d;
  for (int i = 1; i < 100'000; ++i) {
    const double a = -i * (i - shape);
    b += 2.0;
    d = a * d + b;
    if (std::fabs(d) < kTiny) d = kTiny;
    c = b + a / c;
    if (std::fabs(c) < kTiny) c = kTiny;
    d = 1.0 / d;
    h *= d * c;
    if (std::fabs(d * c - 1.0) < kEps) break;
  }
  return 1.0 - front * h;
}

/// The x with gamma_cdf(shape, x) = p, 0 < p < 1. Newton's steps kept inside a bracket.
inline double gamma_quantile(double shape, double p) {
  if (!(p > 0.0 && p < 1.0)) throw std::invalid_argument("gamma_quantile: p must lie in (0, 1)");
  double low = 0.0;
  double high = shape + 1.0;
  while (gamma_cdf(shape, high) < p) high *= 2.0;
  double x = 0.5 * high;
  const double log_norm = log_gamma(shape);
  for (int i = 0; i < 200; ++i) {
    const double error = gamma_cdf(shape, x) - p;
    (error > 0.0 ? high : low) = x;
    const double density = std::exp((shape - 1.0) * std::log(x) - x - log_norm);
    double next = x - error / density;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (std::fabs(next - x) <= 1e-15 * x) return next;
    x = next;
  }
  return x;
}

}  // namespace rackrate::market::test
