#pragma once
namespace rackrate::market {

/// A quantity whose log growth rate decays with a half-life, so that nothing grows exponentially for ever.
///
/// level(t) = start x exp(g/k (1 - e^(-k t))) with k = ln 2 / half_life; an infinite half-life is plain exponential
/// growth. Units:   years; `log_growth` is the rate d ln level / dt at t = 0, per year.
struct Growth {
  double start = 1.0;
  double log_growth = 0.0;
  double half_life_years = 2.0;

  /// From a factor per year, such as 2.3 for "2.3 times a year" at the start. Throws: std::invalid_argument unless
  /// factor > 0.
  [[nodiscard]] static Growth from_yearly_factor(double start, double factor, double half_life_years);
  [[nodiscard]] double level(double years) const;
};

}  // namespace rackrate::market
