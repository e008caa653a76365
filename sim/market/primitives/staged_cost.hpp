#pragma once

namespace rackrate::market {

/// How a site is paid for: of its shell a deposit when it is begun and the rest evenly until its lead has passed, and
/// of everything else a quarter with each phase of its power (kSitePhases).
struct StagedCost {
  double shell_share = 0.0, deposit_share = 0.0;
  double lead_years = 0.0;
};

/// Present value of a dollar that is paid so, when the site is begun, at a continuous rate a year.
[[nodiscard]] double present_cost(const StagedCost& stages, double rate);

}  // namespace rackrate::market
