#include "sim/market/primitives/stock.hpp"

#include <numbers>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {

void Stock::advance(double duration, double inflow) {
  if (!(duration >= 0.0) || !(half_life > 0.0))
    throw std::invalid_argument("a stock's duration must not be negative and its half-life must be positive");
  const double x = std::numbers::ln2 * duration / half_life;
  if (x == 0.0) {
    level += inflow * duration;
    return;
  }
  const double lost = -core::math::expm1(-x);  // share of the level that decays
  level += inflow * duration * (lost / x) - level * lost;
}

}  // namespace rackrate::market
