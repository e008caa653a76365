#pragma once
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Grants power to new sites: a truncated lognormal lead keyed by (pool, month of the request), four
/// equal phases at .7, .8, .9 and 1 of it (MODEL 3.5, check A6b). Holds no state: every grant is
/// already on its way as messages to the pool.
void handle_power_authority(const MarketView& view, Context& context, const Event& event);

}  // namespace rackrate::market
