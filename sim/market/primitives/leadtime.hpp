#pragma once
#include <array>

#include "sim/core/random.hpp"

namespace rackrate::market {

/// Delivery lead of a lot: a least time plus a Gamma delay.
///
/// Units:   days.
/// Source:  MODEL 3.5; check A5. The pipeline of Poisson lots depends on the mean only (A7).
struct LotLead {
  double least_days = 28.0;
  double shape = 4.0;
  double scale_days = 14.0;

  [[nodiscard]] double draw(const core::Draws& draws, const core::Address& lot) const;
};

/// Lead from a site's start to its full power: lognormal, truncated to [shortest, longest].
///
/// Units:   days; `sigma` is the standard deviation of the logarithm before truncation.
/// Source:  MODEL 3.5; checks A6 (without truncation) and A6b.
struct SiteLead {
  double median_days = 730.0;
  double sigma = 0.508;
  double shortest_days = 180.0;
  double longest_days = 7.0 * 365.25;

  [[nodiscard]] double quantile(double p) const;  ///< 0 < p < 1; monotone in p, so a draw is by inversion
  [[nodiscard]] double draw(const core::Draws& draws, const core::Address& site) const;
};

/// When each quarter of a site's power comes on, as shares of its lead.
inline constexpr std::array<double, 4> kSitePhases{0.7, 0.8, 0.9, 1.0};
/// Days from the start to each of the four equal phases.
[[nodiscard]] std::array<double, 4> site_phase_days(double lead_days);

}  // namespace rackrate::market
