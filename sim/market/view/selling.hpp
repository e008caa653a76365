#pragma once
#include "sim/core/whole.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// What runs of a cloud, as its pools published it, H100e.
[[nodiscard]] inline double running_h100e(const MarketView& view, CloudId cloud) {
  double sum = 0.0;
  for (const PoolSignal& pool : view.pools_of(cloud)) sum += core::real(pool.available);
  return sum;
}

/// Can the cloud sell? One that must enter sells while something of it runs.
[[nodiscard]] inline bool sells(const MarketView& view, CloudId cloud) {
  return !must_enter(view.parameters().clouds[cloud]) || running_h100e(view, cloud) > 0;
}

}  // namespace rackrate::market
