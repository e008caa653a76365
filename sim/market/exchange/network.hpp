#pragma once
#include "sim/market/exchange/demand.hpp"
#include "sim/market/exchange/settlement_terms.hpp"

namespace rackrate::market {

/// What a class has not yet asked for, by class key: millionths of an H100e-millisecond.
using Carry = std::map<std::uint64_t, std::int64_t>;

/// The flow network of the present permissions, its last solution, and the compute that waits for the next one.
struct Network {
  IntervalId interval;        ///< access interval of `table`; none: it must be built
  core::SimTime terms_until;  ///< `table` holds until a resale clause may change
  DemandTable table;
  SettlementTerms terms;  ///< hold as long as `table`
  FlowSolver solver;
  FlowSolution solution;
  Carry carry;
};

/// Builds the table anew where permissions or terms have changed by t.
void refresh(Network& network, const MarketView& view, core::SimTime t);

}  // namespace rackrate::market
