#pragma once
#include "sim/market/supply/headquarters.hpp"

namespace rackrate::market {

/// What to order and to build, given what is forecast, installed and on its way, within the budget. If both do not fit,
/// both shrink alike; then each takes what the other could not use.
[[nodiscard]] DecisionFact decide_investment(Headquarters& hq, const MarketView& view, core::SimTime now);

}  // namespace rackrate::market
