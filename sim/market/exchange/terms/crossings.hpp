#pragma once
#include <bit>

#include "sim/core/whole.hpp"
#include "sim/market/exchange/demand_state.hpp"

namespace rackrate::market {

/// Members of a set, from the lowest on, without looking at the others.
template <class Take>
void for_each_item(ItemSet items, Take take) {
  for (unsigned left = items.bits(); left != 0; left &= left - 1) take(static_cast<Item>(std::countr_zero(left)));
}

/// Boundary crossings per unit of a cell's volume: items that it needs and its channel lacks (MODEL 6.3c).
[[nodiscard]] inline double crossings_per_unit(const DemandState& demand, CellId cell, ItemSet missing) {
  if (demand.needing.empty() || missing.empty() || demand.units[cell] <= 0) return 0.0;
  std::int64_t crossings = 0;
  for_each_item(missing, [&](Item item) { crossings += demand.needing[cell][item]; });
  return core::real(crossings) / core::real(demand.units[cell]);
}

}  // namespace rackrate::market
