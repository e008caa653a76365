#pragma once
#include <vector>

#include "sim/market/exchange/ledger/entry.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// What investors outside the scenario pay labs in the interval: the rounds that the scenario dates in it, and the one
/// that the lab's own process has published and that was not paid yet. `paid`: core::month_index of the last of these,
/// by lab, which the call moves on. Settlement and audit each keep one.
[[nodiscard]] std::vector<Entry> funding_rounds(const MarketView& view, const Interval& interval,
                                                Table<LabId, int>& paid);

/// What the owners of clouds that entered in the window before put into their firms, in the first interval of a window:
/// then the board says so.
[[nodiscard]] std::vector<Entry> owners_equity(const MarketView& view, const Interval& interval);

}  // namespace rackrate::market
