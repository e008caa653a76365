#pragma once
#include <vector>

#include "sim/market/exchange/audit/audit.hpp"
#include "sim/market/exchange/clearing/day_peaks.hpp"
#include "sim/market/exchange/clearing/leases.hpp"
#include "sim/market/exchange/clearing/network.hpp"
#include "sim/market/exchange/demand_state.hpp"
#include "sim/market/exchange/facts/publish.hpp"
#include "sim/market/exchange/finance/borrowing.hpp"
#include "sim/market/exchange/finance/capital.hpp"
#include "sim/market/exchange/finance/cash.hpp"
#include "sim/market/exchange/ledger/accounts.hpp"
#include "sim/market/exchange/ledger/books.hpp"

namespace rackrate::market {

/// The exchange: owns the demand cells, the network, the accounts and the books. At the start of every clearing
/// interval (interval.hpp), before anything else of that class, it clears the interval from what is effective then.
/// Each part is changed by what its header names, and by nothing else.
struct Exchange {
  core::SimTime end = core::kNever;    ///< of the run: nothing is cleared from then on (World::end_at)
  std::vector<core::SimTime> cleared;  ///< starts of the intervals cleared so far
  core::SimTime booked_until;          ///< end of the last of them; the run's start before the first

  DemandState demand;                     ///< changed by messages, and by learning
  Network network;                        ///< changed by load (carry) and clear
  Capital capital;                        ///< changed by messages, and by age_assets
  Accounts accounts;                      ///< changed by settle
  LeaseBook leases;                       ///< changed by count_month and, at the end of a month, by review_leases
  PeakMonth peaks;                        ///< changed by count_peaks and, at the end of a month, by end_peak_month
  Books books;                            ///< changed by post, expect and close
  AuditBook audit;                        ///< changed by audit
  Table<LabId, CashAccount> cash;         ///< changed by book_cash; copied to the board at the next barrier
  Table<CloudId, LoanBook> loans;         ///< changed by book_loans
  Signals signals;                        ///< made by publish; copied to the board at the next barrier
  Table<CloudId, std::uint8_t> refusing;  ///< takes no new orders of customers; changed by tell_orders
  std::vector<Notice> notices;            ///< for the timeline, until the next barrier
};

[[nodiscard]] Exchange first_exchange(const Regime& regime);

/// An interval after load, clear and settle.
struct SettledInterval {
  Interval interval;
  Load load;
  Allocation allocation;
  Settlement settlement;
};
/// Steps 1 to 3: load, clear, settle. Changes the network and the accounts.
[[nodiscard]] SettledInterval settle_interval(Exchange& exchange, const MarketView& view, const Interval& interval);
/// Steps 4 and 5: posts what was settled, audits it, publishes, and moves demand and capital to the interval's end.
/// Throws: core::LedgerError when the compute of a pool, or in a month's last interval the books, do not close.
void book_interval(Exchange& exchange, const MarketView& view, SettledInterval settled, Observer* observer);

/// Receives volume, rates, one-off costs and capital; clears on EventKind::Clear.
/// Throws: core::LedgerError as book_interval does.
void handle_exchange(Exchange& exchange, const MarketView& view, Context& context, const Event& event,
                     Observer* observer);

}  // namespace rackrate::market
