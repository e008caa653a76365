#pragma once
#include "sim/core/money.hpp"
#include "sim/core/sim_time.hpp"

namespace rackrate::market {

using core::Money;

/// Straight-line depreciation from purchase to an age, exact in 1e-4 $: accrued with the age, all of the cost at the
/// end of life.
///
/// Postings are differences of this, so they never drift by more than a unit and their sum over the life is the cost:
/// the last one absorbs the rounding.
/// Throws: std::invalid_argument if the life is not positive. Check A13.
[[nodiscard]] Money depreciated(Money cost, core::SimDuration age, core::SimDuration life);

}  // namespace rackrate::market
