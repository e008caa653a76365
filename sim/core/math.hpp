#pragma once

/// Transcendentals that reach results (promise P1). Built for the baseline instruction set
/// without contraction, never the system libm, whose results depend on the processor.
/// Accuracy: within 2 ulp of the true value on the ranges the model uses (tested against long double).
namespace rackrate::core::math {

[[nodiscard]] double exp(double x);
[[nodiscard]] double expm1(double x);
[[nodiscard]] double log(double x);
[[nodiscard]] double log1p(double x);
[[nodiscard]] double log10(double x);
[[nodiscard]] double pow(double x, double y);   ///< x > 0
[[nodiscard]] double sin(double x);             ///< |x| <= 1e5
[[nodiscard]] double cos(double x);
/// Correctly rounded by IEEE 754, so the processor's own instruction is deterministic.
[[nodiscard]] double sqrt(double x);
/// Inverse of the standard normal distribution function, 0 < p < 1.
[[nodiscard]] double normal_quantile(double p);
/// Standard normal distribution function.
[[nodiscard]] double normal_cdf(double x);

}  // namespace rackrate::core::math
