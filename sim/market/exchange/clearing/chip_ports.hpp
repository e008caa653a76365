#pragma once
#include <vector>

#include "sim/market/exchange/clearing/demand.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/view/notice.hpp"
#include "sim/market/vocabulary/facts.hpp"

/// Ports by kind of chip: a lab's models run on the chips of some vendors, from some date on, and it may train on the
/// stronger ones of them only. What it can use of a pool is the pool's capacity in these kinds. Limits are capacities
/// of arcs, so the network stays one with one optimum.
namespace rackrate::market {

/// Does the lab run on some kinds of chip only?
[[nodiscard]] bool needs_ports(const CompiledScenario& compiled, LabId lab);

/// Does it train on some of those only?
[[nodiscard]] bool trains_on_fewer(const CompiledScenario& compiled, LabId lab);

/// Share of what runs in a pool that the lab's models can run on at t; 1 in an empty pool.
[[nodiscard]] double ported_share(const MarketView& view, LabId lab, PoolId pool, core::SimTime t);

/// Share of what runs in a pool that the lab trains on at t; 1 in an empty pool.
[[nodiscard]] double training_share(const MarketView& view, LabId lab, PoolId pool, core::SimTime t);

/// Finds where labs that need ports may be served.
void find_ported_parts(const CompiledScenario& compiled, DemandTable& table);

/// Lowers the capacities of the arcs of these labs, after all other limits: together they carry at most the ported
/// share of a part of a pool, and of that training no more than the share it trains on; of reserved chips all or
/// nothing. Each class keeps what it had there the day before; the rest, at least a tenth of all, is shared out by what
/// they want. Of the steps of a price dear ones go first. Training runs come before all other work of their lab.
void limit_to_ports(const MarketView& view, core::SimTime t, DemandTable& table);

/// A notice for each port that is ready in the interval.
void finished_ports(const CompiledScenario& compiled, const Interval& interval, std::vector<Notice>& notices);

/// What work on the port has cost by t: its cost in equal parts over the months before it is ready.
[[nodiscard]] Money port_spent(const ChipPort& port, core::SimTime t);

/// What labs could run on at the clouds to which they are ported, at t.
[[nodiscard]] std::vector<PortFact> port_facts(const MarketView& view, core::SimTime t);

}  // namespace rackrate::market
