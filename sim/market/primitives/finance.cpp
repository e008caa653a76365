#include "sim/market/primitives/finance.hpp"

#include <stdexcept>

namespace rackrate::market {
namespace {
__extension__ using Wide = __int128;
}  // namespace

Money depreciated(Money cost, core::SimDuration age, core::SimDuration life) {
  if (life.count() <= 0) throw std::invalid_argument("depreciated: the life must be positive");
  if (age.count() <= 0) return Money{};
  if (age >= life) return cost;
  return Money{static_cast<std::int64_t>(Wide{cost.tenthousandths} * age.count() / life.count())};
}

}  // namespace rackrate::market
