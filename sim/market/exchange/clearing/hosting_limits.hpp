#pragma once
#include "sim/market/exchange/clearing/demand.hpp"
#include "sim/market/exchange/interval.hpp"

/// Hosting that sticks and splits: how fast a load can move to a host, and what it costs in routing to take much of one
/// supplier. Both are capacities and costs of arcs, so the network stays one with one optimum.
namespace rackrate::market {

/// Parallel arcs of a class to a node where shares of a supplier have a price.
inline constexpr int kSpreadSteps = 4;

/// The share of a supplier's capacity up to which step `step` reaches: the first to s0, the others in equal parts to 1.
[[nodiscard]] double spread_upto(const HostingParameters& hosting, int step);
/// What a unit on that step adds to the price: a (s - s0)^b in the middle of the step, 0 on the first.
[[nodiscard]] double spread_surcharge(const HostingParameters& hosting, int step);

/// Is there anything to limit, or to add to prices?
[[nodiscard]] bool limits_flows(const HostingParameters& hosting);
/// The number of parallel arcs of a class to a node: more than one where it has a choice of hosts and does not own this
/// one.
[[nodiscard]] int steps_to(const CompiledScenario& compiled, const DemandTable& table, const DemandClass& c,
                           NodeId node);
/// Adds what is remembered of the class at the node, and the stack of arcs that begins with `first` and ends the list.
void add_stack(DemandTable& table, const DemandClass& c, NetworkClassId part, NodeId node, core::EntityKey node_key,
               ArcId first);
/// Lets go of what flowed and of what was forecast: nothing limits the next interval.
void forget_flows(DemandTable& table);
/// Takes over what flowed before the table was built anew: a class that was there keeps its own flows, a new one has
/// those of its load in proportion to what it wants.
void carry_flows(const DemandTable& before, DemandTable& table);

/// Sets the capacities of the arcs, once demands and the capacities of the nodes are known.
///
/// Ramp: f(t + dt) <= f(t) G + (r w W + f_min) dt, f what a class got at a host, G >= 1 the growth of what it wants:
/// what grows where it is does not move. W is what it wants and w the host's part of the room of all its hosts, so r is
/// the share of itself that it may move in a month. It is no share of f: then the smallest difference between two
/// worlds would grow with f. f_min is a lab's; its classes have it by what they want. What is beyond yesterday's flow
/// is spread over the host's nodes by their capacity. Leaving is free. There is no limit for a class with one host, nor
/// for one that was served nowhere. Training in blocks (gangs.hpp) may begin with one at once.
///
/// Spread: of each step of a node a class has the part that its demand is of all its payer's that has a choice, what
/// has none coming first. The last step has no limit of its own.
void limit_flows(const MarketView& view, const Interval& interval, DemandTable& table);

/// What shares of a supplier added in routing, in an hour, to what flowed. Nobody pays it.
struct SpreadCost {
  Money added;    ///< by the steps that were used
  Money dearest;  ///< if all of a class in a node were on the dearest step that it uses there
};
/// Of every lab at every host; empty where no share has a price.
[[nodiscard]] Grid<LabId, CloudId, SpreadCost> spread_costs(const CompiledScenario& compiled, const DemandTable& table,
                                                            const FlowSolution& solution);

/// Keeps what flowed. A class that wanted something and got nothing keeps what it had.
void remember_flows(const FlowSolution& solution, DemandTable& table);

}  // namespace rackrate::market
