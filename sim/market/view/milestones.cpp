#include "sim/market/view/milestones.hpp"

#include "sim/core/whole.hpp"

namespace rackrate::market {
namespace {

double installed_h100e(const MarketView& view, CloudId cloud) {
  std::int64_t installed = 0;
  for (const PoolSignal& pool : view.pools_of(cloud)) installed += pool.installed;
  return core::real(installed);
}

bool is_signed(const CompiledScenario& s, const std::string& name, core::SimTime t) {
  for (const auto& contract : s.parameters.contracts)
    for (const auto& version : contract.versions)
      if (contract.name + "/" + version.name == name) return version.signed_on <= t;
  return false;
}

}  // namespace

bool milestones_reached(const MarketView& view, const PaymentClause& m, const kinds::Milestones& milestones,
                        core::SimTime t) {
  if (milestones.revenue_usd > 0) {
    const double revenue = view.board.market.revenue[m.lab];
    if (revenue < 0 || revenue < milestones.revenue_usd) return false;
  }
  if (milestones.capacity_h100e > 0 && installed_h100e(view, m.host) < milestones.capacity_h100e) return false;
  return milestones.after.empty() || is_signed(view.compiled(), milestones.after, t);
}

}  // namespace rackrate::market
