#include "sim/record/discount.hpp"

#include "sim/core/math.hpp"

namespace rackrate::record {

Discount::Discount(core::SimTime start, double yearly_rate, core::SimTime valuation_date)
    : start_(start), valuation_date_(valuation_date), delta_(core::math::log1p(yearly_rate)) {}

double Discount::weight(std::int64_t day) const {
  return core::math::exp(-delta_ * core::in_years(begin(day) - valuation_date_));
}

}  // namespace rackrate::record
