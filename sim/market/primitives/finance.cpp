#include "sim/market/primitives/finance.hpp"

#include <stdexcept>

namespace rackrate::market {

Money depreciated(Money cost, core::SimDuration age, core::SimDuration life) {
  if (life.count() <= 0) throw std::invalid_argument("depreciated: the life must be positive");
  if (age.count() <= 0) return Money{};
  if (age >= life) return cost;
  return accrued(cost, age, life);
}

}  // namespace rackrate::market
