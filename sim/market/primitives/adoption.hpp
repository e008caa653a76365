#pragma once
#include <optional>

namespace rackrate::market {

/// Bass (1969): a non-adopter adopts at rate p + q F, with F the share of adopters.
/// Units: p (innovation) and q (imitation) per year, times in years.
struct Bass {
  double p = 0.03;
  double q = 0.38;

  [[nodiscard]] double hazard(double adopted_share) const { return p + q * adopted_share; }
};

/// Adopters of a large population at `years` after there were `start` of them: the population times
/// F(t) = (c - p)/(q + c) with c = (p + q F(0))/(1 - F(0)) e^((p + q) t). With p = 0 this is the logistic curve.
/// A population of 0, or one that has adopted, stays at `start`. Check C1.
[[nodiscard]] double bass_adopters(const Bass& bass, double population, double start, double years);

/// Lets a hazard of `passed` (a rate that is constant for a while, times that while) go by for one who adopts when the
/// integral of the hazard reaches the own threshold, exponential with mean 1.
///
/// Returns: the share of the while after which the threshold is crossed; nothing if it is not, and the integral has
/// grown by `passed`. Many members who face one rate follow the pure birth chain (checks C2 and C3), and a member's
/// threshold depends on nobody else: adding a member moves no one else's adoption, given the same rates.
[[nodiscard]] std::optional<double> cross_threshold(double& integral, double threshold, double passed);

}  // namespace rackrate::market
