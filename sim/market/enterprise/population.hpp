#pragma once
#include <vector>

#include "sim/market/enterprise/enterprise.hpp"
#include "sim/market/regime/sample_sizes.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Draws all enterprises of one replication, on the scenario's first day: attributes, who has adopted
/// and which workloads the adopters bring. They are placed afterwards (placement.hpp).
/// Each is keyed by its name "enterprise/<segment>/<ordinal>": adding one moves no other.
[[nodiscard]] std::vector<Enterprise> draw_population(const Regime& regime, const core::Draws& draws);

/// The enterprise's next workload of the exogenous arrival process: product and volume, keyed by its ordinal. `mix`:
/// probabilities of products (product_mix).
[[nodiscard]] Workload draw_workload(const MarketView& view, const ByProduct<double>& mix, const Enterprise& enterprise,
                                     std::uint32_t ordinal, core::SimTime created);
/// Days between arrival `ordinal - 1` and `ordinal`.
[[nodiscard]] double arrival_gap_days(const MarketView& view, const Enterprise& enterprise, std::uint32_t ordinal);
/// Has the enterprise reached the number of workloads at which its segment stops adding any?
[[nodiscard]] bool has_all_workloads(const Segment& segment, const Enterprise& enterprise);

}  // namespace rackrate::market
