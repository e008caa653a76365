#pragma once
#include "sim/core/money.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// The noise of a month's spending on capital outside AI, of mean one: lumps of single quarters, and a drift, a random
/// walk by calendar quarter since the quarter of the start. Both are keyed by (cloud, calendar quarter).
[[nodiscard]] double other_spending_noise(const MarketView& view, CloudId cloud, int month);

/// What a cloud's firm spends on capital outside AI: a month's part of its path, where a month or the run begins, times
/// its noise.
[[nodiscard]] Money other_spending(const MarketView& view, CloudId cloud, const Interval& interval);

/// $ that customers outside AI still owe the firm at t: revenue a year under contract, times the mean time that a
/// contract has left (primitives/contract_length.hpp).
[[nodiscard]] double other_backlog(const MarketView& view, CloudId cloud, core::SimTime t);
/// The same of AI customers beyond the labs: what they pay at list for the share of their compute under contract.
[[nodiscard]] double customers_backlog(const MarketView& view, CloudId cloud, core::SimTime t);

}  // namespace rackrate::market
