#include "sim/market/pricing/unit_terms.hpp"

#include "sim/core/math.hpp"
#include "sim/market/regime/efficiency.hpp"
#include "sim/market/view/demand_factor.hpp"

namespace rackrate::market {
namespace math = core::math;

void publish_unit_terms(const CompiledScenario& s, core::SimTime t, Board& board) {
  const auto& p = s.parameters;
  board.kappa.clear();
  for (const LabId lab : p.labs.ids()) board.kappa.push_back(relative_kappa(p, lab, t));
  board.unit_price.clear();
  board.unit_compute.clear();
  Table<LabId, double> pass;
  for (const double kappa : board.kappa) pass.push_back(math::pow(kappa, p.prices.token_pass_through));
  for (const auto& a : s.alternatives) {
    board.unit_price.push_back(a.price * board.labs[a.lab].price_index * pass[a.lab] *
                               board.labs[a.lab].price_on(a.channel));
    board.unit_compute.push_back(a.compute * board.kappa[a.lab]);
  }
  const GrowthPath volume{p.choice.volume_growth_rate, p.choice.volume_growth_half_life};
  board.volume_growth =
      volume.level(core::in_years(t - p.run.start)) * common_factor(board, p.shocks.exposure.enterprises);
  const GrowthPath autonomy{p.choice.autonomy_rate, p.choice.autonomy_half_life};
  board.autonomy = autonomy.level(core::in_years(t - p.run.start));
}

}  // namespace rackrate::market
