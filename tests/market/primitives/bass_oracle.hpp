#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/market/primitives/adoption.hpp"

/// What Bass's model says of the curve and of populations that adopt by it, without any threshold being drawn.
namespace rackrate::market::test {

/// Density of adoption times F'(t) = (p + q F)(1 - F).
inline double bass_density(const Bass& b, double f) { return (b.p + b.q * f) * (1.0 - f); }
/// When the density peaks, ln(q/p)/(p + q), for q > p.
inline double bass_peak_years(const Bass& b) { return std::log(b.q / b.p) / (b.p + b.q); }

inline double birth_rate(const Bass& b, int population, int adopted) {
  return (population - adopted) * (b.p + b.q * adopted / population);
}

/// The distribution of the number of adopters among N who learn of each other at once: P(n adopted by t), n = 0..N.
///
/// A pure birth chain with rates (N - n)(p + q n/N), by uniformisation, to about 1e-14.
/// Source: check C2; Jensen (1953) for uniformisation.
inline std::vector<double> bass_chain(const Bass& b, int population, double years) {
  const auto n = static_cast<std::size_t>(population);
  std::vector<double> rate(n + 1);
  for (std::size_t i = 0; i <= n; ++i) rate[i] = birth_rate(b, population, static_cast<int>(i));
  const double fastest = *std::max_element(rate.begin(), rate.end());
  std::vector<double> now(n + 1, 0.0);
  now[0] = 1.0;
  if (fastest == 0.0 || years <= 0.0) return now;
  // Jumps at the fastest rate, most of them to the same state; Poisson many. Pieces keep e^-mean well above zero.
  const int pieces = static_cast<int>(std::ceil(fastest * years / 100.0));
  const double mean = fastest * years / pieces;
  for (int piece = 0; piece < pieces; ++piece) {
    std::vector<double> jumped = now;
    std::vector<double> sum(n + 1, 0.0);
    double weight = std::exp(-mean);
    for (double k = 0.0, seen = 0.0; seen < 1.0 - 1e-15 && k < mean + 40.0 + 12.0 * std::sqrt(mean); k += 1.0) {
      for (std::size_t i = 0; i <= n; ++i) sum[i] += weight * jumped[i];
      seen += weight;
      weight *= mean / (k + 1.0);
      for (std::size_t i = n; i > 0; --i) jumped[i] += (rate[i - 1] * jumped[i - 1] - rate[i] * jumped[i]) / fastest;
      jumped[0] -= rate[0] * jumped[0] / fastest;
    }
    now.swap(sum);
  }
  return now;
}

struct MeanSd {
  double mean, sd;
};
/// Mean and standard deviation of the adopted share.
inline MeanSd bass_chain_share(const Bass& b, int population, double years) {
  const std::vector<double> law = bass_chain(b, population, years);
  double mean = 0.0;
  for (std::size_t i = 0; i < law.size(); ++i) mean += law[i] * static_cast<double>(i) / population;
  double variance = 0.0;
  for (std::size_t i = 0; i < law.size(); ++i) {
    const double d = static_cast<double>(i) / population - mean;
    variance += law[i] * d * d;
  }
  return {mean, std::sqrt(variance)};
}

/// Expected time of the n-th adoption, the sum of 1/rate. Units: years.
inline double bass_chain_mean_time(const Bass& b, int population, int nth) {
  double years = 0.0;
  for (int i = 0; i < nth; ++i) years += 1.0 / birth_rate(b, population, i);
  return years;
}

/// The share after `steps` digest periods from nobody: in each, everybody adopts at the rate frozen at its start,
/// F' = F + (1 - F)(1 - e^-(p + qF) step). Check C3.
inline double bass_digest_share(const Bass& b, double step_years, int steps) {
  double adopted = 0.0;
  for (int i = 0; i < steps; ++i) adopted -= (1.0 - adopted) * std::expm1(-(b.p + b.q * adopted) * step_years);
  return adopted;
}

}  // namespace rackrate::market::test
