#pragma once
#include <cstdint>

#include "sim/core/money.hpp"
#include "sim/core/sim_time.hpp"

namespace rackrate::record {

/// Present value of a dollar on a day of the run. Days are counted from the run's start, and all that happens on a day
/// is discounted to its beginning: so a flow is worth the same however the run's windows cut it.
class Discount {
 public:
  Discount() = default;
  Discount(core::SimTime start, double yearly_rate, core::SimTime valuation_date);

  [[nodiscard]] std::int64_t day_of(core::SimTime t) const { return (t - start_) / core::kDay; }
  [[nodiscard]] core::SimTime begin(std::int64_t day) const { return start_ + core::kDay * day; }
  [[nodiscard]] double weight(std::int64_t day) const;

 private:
  core::SimTime start_, valuation_date_;
  double delta_ = 0.0;  ///< continuous rate per year
};

/// Calls f(day, amount) for the part of `amount` that falls on each day of [from, until), accrued so that
/// the days add up to `amount`: a flow at a constant rate.
template <class F>
void spread(const Discount& days, core::Money amount, core::SimTime from, core::SimTime until, F&& f) {
  const std::int64_t first = days.day_of(from), last = days.day_of(until - core::SimDuration{1});
  core::Money given;
  for (std::int64_t day = first; day < last; ++day) {
    const core::Money by_then = accrued(amount, days.begin(day + 1) - from, until - from);
    f(day, by_then - given);
    given = by_then;
  }
  f(last, amount - given);
}

}  // namespace rackrate::record
