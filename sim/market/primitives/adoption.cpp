#include "sim/market/primitives/adoption.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

double birth_rate(const Bass& b, int population, int adopted) {
  return (population - adopted) * (b.p + b.q * adopted / population);
}

void check_population(int population) {
  if (population <= 0) throw std::invalid_argument("bass_chain: the population must be positive");
}

}  // namespace

double bass_F(const Bass& b, double years) { return bass_F(b, years, 0.0); }

double bass_F(const Bass& b, double years, double start) {
  if (start >= 1.0) return 1.0;
  const double decay = math::exp(-(b.p + b.q) * years);
  // (1 - F)/(p + q F) shrinks by e^-(p+q)t: separate the variables of F' = (p + q F)(1 - F).
  const double x = (1.0 - start) * decay;
  const double y = b.p + b.q * start;
  if (y + b.q * x == 0.0) return start;  // nobody to begin: p = 0 and F(0) = 0
  return (y - b.p * x) / (y + b.q * x);
}

double bass_density(const Bass& b, double years) {
  const double f = bass_F(b, years);
  return (b.p + b.q * f) * (1.0 - f);
}

double bass_peak_years(const Bass& b) { return b.q <= b.p ? 0.0 : math::log(b.q / b.p) / (b.p + b.q); }

std::vector<double> bass_chain(const Bass& b, int population, double years) {
  check_population(population);
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
    double weight = math::exp(-mean);
    for (double k = 0.0, seen = 0.0; seen < 1.0 - 1e-15 && k < mean + 40.0 + 12.0 * std::sqrt(mean); k += 1.0) {
      for (std::size_t i = 0; i <= n; ++i) sum[i] += weight * jumped[i];
      seen += weight;
      weight *= mean / (k + 1.0);
      for (std::size_t i = n; i > 0; --i) jumped[i] += (rate[i - 1] * jumped[i - 1] - rate[i] * jumped[i]) / fastest;
      jumped[0] -= rate[0] * jumped[0] / fastest;
    }
    now = sum;
  }
  return now;
}

MeanSd bass_chain_share(const Bass& b, int population, double years) {
  const std::vector<double> law = bass_chain(b, population, years);
  double mean = 0.0;
  for (std::size_t i = 0; i < law.size(); ++i) mean += law[i] * static_cast<double>(i) / population;
  double variance = 0.0;
  for (std::size_t i = 0; i < law.size(); ++i) {
    const double d = static_cast<double>(i) / population - mean;
    variance += law[i] * d * d;
  }
  return {mean, math::sqrt(variance)};
}

double bass_chain_mean_time(const Bass& b, int population, int nth) {
  check_population(population);
  if (nth < 1 || nth > population) throw std::invalid_argument("bass_chain_mean_time: nth lies in 1..population");
  double years = 0.0;
  for (int i = 0; i < nth; ++i) years += 1.0 / birth_rate(b, population, i);
  return years;
}

double bass_digest_step(const Bass& b, double adopted, double step_years) {
  return adopted - (1.0 - adopted) * math::expm1(-(b.p + b.q * adopted) * step_years);
}

double bass_digest_F(const Bass& b, double step_years, int steps) {
  double adopted = 0.0;
  for (int i = 0; i < steps; ++i) adopted = bass_digest_step(b, adopted, step_years);
  return adopted;
}

double adoption_threshold(const core::Draws& draws, core::EntityKey entity, std::uint32_t purpose) {
  return draws.exponential({entity, purpose, 0, 0});
}

double adoption_threshold(const core::Draws& draws, core::EntityKey entity, std::uint32_t purpose, double integral) {
  return integral + adoption_threshold(draws, entity, purpose);
}

}  // namespace rackrate::market
