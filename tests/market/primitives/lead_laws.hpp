#pragma once
#include <cmath>
#include <limits>

#include "sim/market/primitives/leadtime.hpp"
#include "tests/market/primitives/special.hpp"

/// The laws that drawn leads must follow, in closed form.
namespace rackrate::market::test {

inline double lot_mean(const LotLead& lead) { return lead.least_days + lead.shape * lead.scale_days; }
inline double lot_sd(const LotLead& lead) { return std::sqrt(lead.shape) * lead.scale_days; }
inline double lot_cdf(const LotLead& lead, double days) {
  return days <= lead.least_days ? 0.0 : gamma_cdf(lead.shape, (days - lead.least_days) / lead.scale_days);
}
inline double lot_quantile(const LotLead& lead, double p) {
  return lead.least_days + lead.scale_days * gamma_quantile(lead.shape, p);
}

inline double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// The sigma for which 90 % of untruncated leads lie below p90; 1.2815515655446004 is the normal quantile of 0.9.
inline double sigma_from_p90(double median_days, double p90_days) {
  return std::log(p90_days / median_days) / 1.2815515655446004;
}
/// The bounds of a site's lead as standard normal deviates.
inline double site_low(const SiteLead& lead) {
  return lead.shortest_days > 0.0 ? std::log(lead.shortest_days / lead.median_days) / lead.sigma
                                  : -std::numeric_limits<double>::infinity();
}
inline double site_high(const SiteLead& lead) {
  return lead.longest_days < std::numeric_limits<double>::infinity()
             ? std::log(lead.longest_days / lead.median_days) / lead.sigma
             : std::numeric_limits<double>::infinity();
}
inline double site_mean(const SiteLead& lead) {
  const double low = site_low(lead), high = site_high(lead);
  return lead.median_days * std::exp(0.5 * lead.sigma * lead.sigma) *
         (normal_cdf(high - lead.sigma) - normal_cdf(low - lead.sigma)) / (normal_cdf(high) - normal_cdf(low));
}
inline double site_cdf(const SiteLead& lead, double days) {
  if (days <= lead.shortest_days) return 0.0;
  if (days >= lead.longest_days) return 1.0;
  const double below = normal_cdf(site_low(lead));
  return (normal_cdf(std::log(days / lead.median_days) / lead.sigma) - below) / (normal_cdf(site_high(lead)) - below);
}

}  // namespace rackrate::market::test
