#include "sim/market/pricing/unit_terms.hpp"

#include "sim/core/math.hpp"
#include "sim/market/regime/efficiency.hpp"

namespace rackrate::market {
namespace math = core::math;

void publish_unit_terms(const CompiledScenario& s, core::SimTime t, Board& board) {
  const auto& p = s.parameters;
  board.kappa.clear();
  for (std::size_t lab = 0; lab < p.labs.size(); ++lab)
    board.kappa.push_back(relative_kappa(p, static_cast<int>(lab), t));
  board.unit_price.clear();
  board.unit_compute.clear();
  std::vector<double> pass;
  for (const double kappa : board.kappa) pass.push_back(math::pow(kappa, p.prices.token_pass_through));
  for (const auto& a : s.alternatives) {
    const auto lab = static_cast<std::size_t>(a.lab);
    board.unit_price.push_back(a.price * board.labs[lab].price_index * pass[lab]);
    board.unit_compute.push_back(a.compute * board.kappa[lab]);
  }
  const GrowthPath volume{p.choice.volume_growth_rate, p.choice.volume_growth_half_life};
  board.volume_growth = volume.level(core::in_years(t - p.run.start));
}

}  // namespace rackrate::market
