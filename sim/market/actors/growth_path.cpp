#include "sim/market/actors/actors.hpp"

#include "sim/market/primitives/growth.hpp"

namespace rackrate::market {

double GrowthPath::level(double years) const {
  return Growth::from_yearly_factor(1.0, 1.0 + rate, half_life_years).level(years);
}

}  // namespace rackrate::market
