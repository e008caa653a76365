#pragma once
#include "sim/core/sim_time.hpp"

namespace rackrate::market {

struct Exchange;
struct Setting;

/// The end of the clearing interval that begins at `start`, in a window that ends at `window_end`: the window's end, the
/// next month, the run's end, or a date of the contracts, whichever comes first. A date is one on which terms or
/// permissions change, a reservation changes its size, or a period of a commitment begins or ends.
/// So an interval lies in one month and in the run, and one set of terms holds in all of it.
[[nodiscard]] core::SimTime interval_end(const Exchange& exchange, const Setting& setting, core::SimTime start, core::SimTime window_end);

}  // namespace rackrate::market
