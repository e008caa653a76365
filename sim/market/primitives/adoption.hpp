#pragma once
#include <cstdint>
#include <vector>

#include "sim/core/random.hpp"

namespace rackrate::market {

/// Bass (1969): a non-adopter adopts at rate p + q F, with F the share of adopters.
/// Units: p (innovation) and q (imitation) per year, times in years.
struct Bass {
  double p = 0.03;
  double q = 0.38;
};

/// F(t) of a large population: (1 - e^-(p+q)t) / (1 + q/p e^-(p+q)t), F(0) = 0. Requires p > 0. Check C1.
[[nodiscard]] double bass_F(const Bass& bass, double years);
/// The same from F(0) = start; with p = 0 this is the logistic curve.
[[nodiscard]] double bass_F(const Bass& bass, double years, double start);
/// Density of adoption times F'(t) = (p + q F)(1 - F).
[[nodiscard]] double bass_density(const Bass& bass, double years);
/// When the density peaks, ln(q/p)/(p + q); 0 when q <= p.
[[nodiscard]] double bass_peak_years(const Bass& bass);

/// The distribution of the number of adopters among N who learn of each other at once: P(n adopted by t), n = 0..N.
///
/// A pure birth chain with rates (N - n)(p + q n/N), by uniformisation, to about 1e-14.
/// Source: check C2; Jensen (1953) for uniformisation.
[[nodiscard]] std::vector<double> bass_chain(const Bass& bass, int population, double years);
struct MeanSd {
  double mean, sd;
};
/// Mean and standard deviation of the adopted share.
[[nodiscard]] MeanSd bass_chain_share(const Bass& bass, int population, double years);
/// Expected time of the n-th adoption, the sum of 1/rate. Units: years.
[[nodiscard]] double bass_chain_mean_time(const Bass& bass, int population, int nth);

/// One digest period: everybody adopts at the rate frozen at its start, F' = F + (1 - F)(1 - e^-(p + qF) step). Check
/// C3.
[[nodiscard]] double bass_digest_step(const Bass& bass, double adopted, double step_years);
/// The share after `steps` digest periods from nobody.
[[nodiscard]] double bass_digest_F(const Bass& bass, double step_years, int steps);

/// Adoption of many by one clock: all members of a group face the same rate, so the integral of p + q F is kept once
/// for the group and each member adopts when it crosses the member's own addressed threshold, exponential with mean 1.
/// A member's threshold depends on nobody else: adding a member moves no one else's adoption (given the same digests).
struct AdoptionClock {
  double integral = 0.0;
  /// Lets time pass at the adopted share of the last digest.
  void advance(const Bass& bass, double adopted, double years) { integral += (bass.p + bass.q * adopted) * years; }
  [[nodiscard]] bool adopted(double threshold) const { return integral >= threshold; }
};
[[nodiscard]] double adoption_threshold(const core::Draws& draws, core::EntityKey entity, std::uint32_t purpose);
/// A threshold for one known not to have adopted by `integral`: memoryless, so it lies an Exp(1) beyond it.
[[nodiscard]] double adoption_threshold(const core::Draws& draws, core::EntityKey entity, std::uint32_t purpose,
                                        double integral);

}  // namespace rackrate::market
