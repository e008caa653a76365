#pragma once

/// Transcendentals that reach results (promise P1). Plain IEEE double arithmetic without
/// contraction, never the system libm, whose results depend on the processor.
///
/// Accuracy (tested against long double): exp, log10, pow 0.6-0.7 ulp; log 0.8; sin, cos 0.9;
/// log1p 1.5; expm1 2 ulp; the normal law to about 1e-15 relative.
/// Special values follow IEEE 754: log(0) = -inf, exp overflows to inf, NaN stays NaN.
/// Cost: exp and log about 5 ns, sin 9 ns, pow 25 ns.
/// Source: Tang (1989, 1990) table-driven exp and log with tables computed by the compiler
/// (detail/); Cody and Waite (1980) for angles; Wichura (1988) AS 241; Cody (1969).
namespace rackrate::core::math {

[[nodiscard]] double exp(double x);
[[nodiscard]] double expm1(double x);
[[nodiscard]] double log(double x);
[[nodiscard]] double log1p(double x);
[[nodiscard]] double log10(double x);
[[nodiscard]] double pow(double x, double y);  ///< x >= 0; NaN for negative x
[[nodiscard]] double sin(double x);            ///< |x| <= 1e6, NaN beyond
[[nodiscard]] double cos(double x);            ///< |x| <= 1e6, NaN beyond
/// Correctly rounded by IEEE 754, so the processor's own instruction is deterministic.
[[nodiscard]] double sqrt(double x);
/// Inverse of the standard normal distribution function; -inf and inf at p = 0 and 1.
[[nodiscard]] double normal_quantile(double p);
/// Standard normal distribution function.
[[nodiscard]] double normal_cdf(double x);

}  // namespace rackrate::core::math
