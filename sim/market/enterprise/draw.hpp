#pragma once
#include <cstddef>

#include "sim/market/enterprise/population.hpp"
#include "sim/market/regime/sample_sizes.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Draws all enterprises of one replication, on the scenario's first day: attributes, who has adopted
/// and which workloads the adopters bring. They are placed afterwards (placement.hpp).
/// Each is keyed by its name "enterprise/<segment>/<ordinal>": adding one moves no other.
[[nodiscard]] Population draw_population(const Regime& regime, const core::Draws& draws);

/// Shares of a segment's enterprises that consider each cloud, whatever they use; empty where all consider all.
[[nodiscard]] Grid<SegmentId, CloudId, double> considered_shares(const Parameters& parameters,
                                                                 const Population& population);

/// The enterprise's commitment to its primary cloud, a year, expanded; 0: none.
[[nodiscard]] Money commitment(const MarketView& view, const Population& population, EnterpriseId enterprise);

/// The enterprise's size; drawn again from its address.
[[nodiscard]] double drawn_size(const MarketView& view, const Enterprise& enterprise);
/// $ a year that the work which it may come to have costs at the reference price of 1 $ a unit: an attribute, the same
/// in every arm.
[[nodiscard]] double reference_size(const MarketView& view, const Enterprise& enterprise);
/// The enterprise's workload `ordinal` of the exogenous arrival process: product and volume. `mix`: probabilities of
/// products (product_mix).
[[nodiscard]] Workload draw_workload(const MarketView& view, const ByProduct<double>& mix, const Population& population,
                                     EnterpriseId enterprise, std::uint32_t ordinal, core::SimTime created);
/// A new workload is a pilot at first, if there are pilots.
void begin_pilot(const MarketView& view, Workload& workload);
/// Has the pilot shown by t that it should go into production? The hazard is one in `pilot` days on the first day's
/// terms and answers what is offered; the workload's threshold is its own.
[[nodiscard]] bool pilot_succeeds(const MarketView& view, const Enterprise& enterprise, const Workload& workload,
                                  core::SimTime t);
/// Between arrival `ordinal - 1` and `ordinal`.
[[nodiscard]] core::SimDuration arrival_gap(const MarketView& view, const Enterprise& enterprise,
                                            std::uint32_t ordinal);
/// Has an enterprise of `workloads` reached the number at which its segment stops adding any?
[[nodiscard]] bool has_all_workloads(const Segment& segment, std::uint32_t workloads);
/// How many workloads the enterprise will have by the end of the run if the first arrives then: arrivals are exogenous.
[[nodiscard]] std::size_t workloads_by_the_end(const MarketView& view, const Enterprise& enterprise,
                                               core::SimTime first);

}  // namespace rackrate::market
