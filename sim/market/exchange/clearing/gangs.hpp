#pragma once
#include "sim/market/exchange/clearing/demand.hpp"

/// Training runs as gangs (MODEL 4.1): a lab's training needs a least size in one pool, or it does not run there.
///
/// A least size makes the choice of places a matter of yes and no, which no flow decides. So it is decided beside the
/// flow, by a rule: every pool is open to the lab's training when a month begins. After a solution in which a pool
/// would train less than the least size, the one with the least is closed until the month's end, and the day is solved
/// again, until none is left. A run that has begun ends only below a share of that size (hosting.block_kept), so that
/// no place hangs on the day on which it falls short by a little. The last open pool stays: who has no place of the
/// least size trains in the best one. Each solution is the only optimum of its network, so the outcome is one. Runs of
/// a calendar (training_runs.hpp) have a place of their own size.
namespace rackrate::market {

/// The least size of the class's training in one pool, whole H100e; 0: it has none.
[[nodiscard]] std::int64_t training_block(const CompiledScenario& compiled, const DemandClass& c);

/// Finds the places of training that needs a least size.
void find_gang_places(const CompiledScenario& compiled, DemandTable& table);

/// Opens every place where a month or the run begins; closed places carry nothing, whatever limits were set before.
void open_gang_places(const RunParameters& run, core::SimTime t, DemandTable& table);

/// Closes of each part of a class the place with the least training, if that is less than it must be: its least size,
/// or the share `kept` of that where a run has begun, which trained there as much the day before. Has it closed one?
/// Then the network must be solved again.
[[nodiscard]] bool close_small_gangs(const FlowSolution& solution, double kept, DemandTable& table);

}  // namespace rackrate::market
