#include "sim/market/primitives/leadtime.hpp"

#include <algorithm>
#include <limits>

#include "sim/core/math.hpp"
#include "sim/market/primitives/special.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// The truncation bounds as standard normal deviates, with their probabilities.
struct Bounds {
  double low, high, p_low, p_high;
};

Bounds bounds_of(const SiteLead& s) {
  const double mu = math::log(s.median_days);
  const double low =
      s.shortest_days > 0.0 ? (math::log(s.shortest_days) - mu) / s.sigma : -std::numeric_limits<double>::infinity();
  const double high = s.longest_days < std::numeric_limits<double>::infinity()
                          ? (math::log(s.longest_days) - mu) / s.sigma
                          : std::numeric_limits<double>::infinity();
  return {low, high, math::normal_cdf(low), math::normal_cdf(high)};
}

}  // namespace

double LotLead::sd() const { return math::sqrt(shape) * scale_days; }

double LotLead::cdf(double days) const {
  return days <= least_days ? 0.0 : gamma_cdf(shape, (days - least_days) / scale_days);
}

double LotLead::quantile(double p) const { return least_days + scale_days * gamma_quantile(shape, p); }

double LotLead::draw(const core::Draws& draws, const core::Address& lot) const {
  return least_days + scale_days * draws.gamma(lot, shape);
}

double SiteLead::sigma_from_p90(double median_days, double p90_days) {
  return math::log(p90_days / median_days) / math::normal_quantile(0.9);
}

double SiteLead::mean() const {
  const Bounds b = bounds_of(*this);
  const double untruncated = median_days * math::exp(0.5 * sigma * sigma);
  return untruncated * (math::normal_cdf(b.high - sigma) - math::normal_cdf(b.low - sigma)) / (b.p_high - b.p_low);
}

double SiteLead::cdf(double days) const {
  if (days <= shortest_days) return 0.0;
  if (days >= longest_days) return 1.0;
  const Bounds b = bounds_of(*this);
  const double z = (math::log(days) - math::log(median_days)) / sigma;
  return (math::normal_cdf(z) - b.p_low) / (b.p_high - b.p_low);
}

double SiteLead::quantile(double p) const {
  if (sigma <= 0.0) return std::clamp(median_days, shortest_days, longest_days);
  const Bounds b = bounds_of(*this);
  const double z = math::normal_quantile(b.p_low + p * (b.p_high - b.p_low));
  return std::clamp(median_days * math::exp(sigma * z), shortest_days, longest_days);
}

double SiteLead::draw(const core::Draws& draws, const core::Address& site) const {
  return quantile(draws.uniform(site));
}

std::array<double, 4> site_phase_days(double lead_days) {
  std::array<double, 4> days{};
  for (std::size_t i = 0; i < days.size(); ++i) days[i] = kSitePhases[i] * lead_days;
  return days;
}

}  // namespace rackrate::market
