#pragma once
#include "sim/core/whole.hpp"
#include "sim/market/exchange/demand_state.hpp"

namespace rackrate::market {

/// Boundary crossings per unit of a cell's volume: items that it needs and its channel lacks (MODEL 6.3c).
[[nodiscard]] inline double crossings_per_unit(const DemandState& demand, CellId cell, ItemSet missing) {
  if (demand.needing.empty() || missing.empty() || demand.units[cell] <= 0) return 0.0;
  std::int64_t crossings = 0;
  for (const Item item : ByItem<std::int64_t>::keys())
    if (missing.contains(item)) crossings += demand.needing[cell][item];
  return core::real(crossings) / core::real(demand.units[cell]);
}

}  // namespace rackrate::market
