#pragma once
#include "sim/market/enterprise/population.hpp"
#include "sim/market/view/board.hpp"

namespace rackrate::market {

/// What the work that enterprises have brought so far needs of integration, placed or not.
[[nodiscard]] WorkNeeds work_needs(const Population& population, int month);

}  // namespace rackrate::market
