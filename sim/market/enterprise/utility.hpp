#pragma once
#include <span>

#include "sim/market/enterprise/enterprise.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Does the enterprise have a commitment to the cloud whose channel sells this alternative?
[[nodiscard]] inline bool committed_to_seller(const CompiledScenario& compiled, const Enterprise& enterprise,
                                              AlternativeId alternative) {
  return enterprise.commitment > Money{} && compiled.alternatives[alternative].cloud == enterprise.primary_cloud;
}

/// Utilities of all alternatives of a workload's product, the outside option last; kInfeasible where
/// the contracts do not permit it, a preview does not admit this account, or the enterprise does not know of it yet.
///
/// v = b_q q + brand + appeal + taste - alpha P + b_G G_host + b_R [agent] G_runtime + b_I I
///     - b_W ln(1 + W/W0) - alpha Gov - K [moves] - preview
///
/// P is the price of a work unit relative to the reference dollar, less what draws a commitment; Gov the marginal
/// governance cost of adding a cloud, per work unit (MODEL 6.3).
/// Shape:  `utility` has one entry per alternative of the product, and one more.
void utilities(const MarketView& view, const Enterprise& enterprise, const Workload& workload, core::SimTime now,
               std::span<double> utility);

/// Clouds this enterprise governs: its primary one and those of its placements, `except` left out.
[[nodiscard]] HostSet governed_clouds(const MarketView& view, const Enterprise& enterprise,
                                      const Workload* except = nullptr);

/// Total governance cost as a share of AI spend: gamma_1 (n-1) + gamma_2 n(n-1)/2 (MODEL 6.3, check C11).
[[nodiscard]] double governance_cost(double first, double pair, int clouds);

}  // namespace rackrate::market
