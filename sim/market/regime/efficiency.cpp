#include "sim/market/regime/efficiency.hpp"

namespace rackrate::market {

double relative_kappa(const Parameters& p, LabId lab, core::SimTime t) {
  const double years = core::in_years(t - p.run.start);
  const GrowthPath models{p.labs[lab].kappa_growth, p.efficiency.serving_half_life_years};
  const GrowthPath serving{p.efficiency.serving_rate, p.efficiency.serving_half_life_years};
  return models.level(years) / serving.level(years);
}

}  // namespace rackrate::market
