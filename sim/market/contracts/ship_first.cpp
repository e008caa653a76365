#include "sim/market/contracts/ship_first.hpp"

namespace rackrate::market::contracts {

bool holder_can(const LaunchCapability& launch) {
  if (!launch.port_ready || !launch.compliant) return false;
  const double needed = (1.0 + launch.margin) * launch.launch_need;
  return std::all_of(launch.headroom.begin(), launch.headroom.end(), [needed](double h) { return h >= needed; });
}

bool holder_declines(const CureOption& option, core::SimDuration cure_period) {
  return !(option.gain_usd > 0.0 && option.takes <= cure_period);
}

bool exception_applies(ShipFirstReading reading, bool can, bool declines) {
  return reading == ShipFirstReading::And ? !can && declines : !can || declines;
}

core::SimTime rival_earliest(const ShipFirstTerms& terms, const Release& release) {
  if (exception_applies(terms.reading, release.holder_can, release.holder_declines)) return core::kAlways;
  return std::min(release.holder_ga, release.date + terms.cure) + terms.lead;
}

}  // namespace rackrate::market::contracts
