#include "sim/market/primitives/leadtime.hpp"

#include <algorithm>
#include <limits>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// Probabilities below the truncation bounds.
struct Bounds {
  double p_low, p_high;
};

Bounds bounds_of(const SiteLead& s) {
  const double mu = math::log(s.median_days);
  const double low =
      s.shortest_days > 0.0 ? (math::log(s.shortest_days) - mu) / s.sigma : -std::numeric_limits<double>::infinity();
  const double high = s.longest_days < std::numeric_limits<double>::infinity()
                          ? (math::log(s.longest_days) - mu) / s.sigma
                          : std::numeric_limits<double>::infinity();
  return {math::normal_cdf(low), math::normal_cdf(high)};
}

}  // namespace

double LotLead::draw(const core::Draws& draws, const core::Address& lot) const {
  return least_days + scale_days * draws.gamma(lot, shape);
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
