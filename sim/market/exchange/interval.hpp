#pragma once
#include <vector>

#include "sim/core/sim_time.hpp"

namespace rackrate::market {

struct Accounts;
struct CompiledScenario;

/// What is cleared at once: a window of the run, or what interval_end() cuts out of it.
struct Interval {
  core::SimTime start, end;

  [[nodiscard]] core::SimDuration length() const { return end - start; }
  [[nodiscard]] double hours() const { return core::in_hours(length()); }
  [[nodiscard]] double days() const { return hours() / 24.0; }
};

/// The end of the clearing interval that begins at `start`, in a window that ends at `window_end`: the window's end,
/// the next month, the run's end, or a date of the contracts, whichever comes first: where a clause on money begins or
/// ends, a reservation changes its size, a period of a commitment begins or ends; and the first midnight at or after a
/// signature or a change of permissions or of the price of a breach, which are read at the start of an interval. So an
/// interval lies in one month and in the run, and one set of prices holds in all of it.
[[nodiscard]] core::SimTime interval_end(const CompiledScenario& compiled, const Accounts& accounts,
                                         core::SimTime run_end, core::SimTime start, core::SimTime window_end);

/// The dates of contracts in the run that cut intervals, whatever is in force then, in order. Those of a commitment's
/// periods are not among them: it counts them from the dates of its clause. first_difference and terms_digest
/// (sim/study) read them.
[[nodiscard]] std::vector<core::SimTime> cutting_dates(const CompiledScenario& compiled);

/// Is this the last interval of a month, or of the run?
[[nodiscard]] bool ends_month(const Interval& interval, core::SimTime run_end);

}  // namespace rackrate::market
