#pragma once

namespace rackrate::market {

/// ln Gamma(x), x > 0. Stirling's series after shifting x above 12; relative error about 1e-15.
[[nodiscard]] double log_gamma(double x);

/// Regularised lower incomplete gamma function P(k, x), k > 0, x >= 0: the distribution of a Gamma(k, 1) variable.
/// Source: series for x < k + 1, else Lentz's continued fraction (Press et al. 2007, section 6.2).
[[nodiscard]] double gamma_cdf(double shape, double x);

/// The x with gamma_cdf(shape, x) = p, 0 < p < 1. Newton's steps kept inside a bracket.
[[nodiscard]] double gamma_quantile(double shape, double p);

}  // namespace rackrate::market
