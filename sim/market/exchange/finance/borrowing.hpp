#pragma once
#include <span>
#include <vector>

#include "sim/market/exchange/interval.hpp"
#include "sim/market/exchange/ledger/accounts.hpp"
#include "sim/market/exchange/ledger/entry.hpp"
#include "sim/market/view/market_view.hpp"

/// What a cloud's firm has borrowed (clouds.CLOUD.borrowing): every payment of the firm moves its net debt, interest is
/// paid on it, and lenders may lose patience. Settlement and audit each keep an account of their own.
namespace rackrate::market {

[[nodiscard]] Table<CloudId, NetDebt> first_net_debt(const CompiledScenario& compiled);

/// Interest of an interval on what is owed as it begins; nothing on a balance of cash.
[[nodiscard]] Money interest_due(const Borrowing& terms, Money owed, const Interval& interval);
/// Does the firm default in the interval? Only the last interval of a month decides, by the published hazard and the
/// draw of the cloud and the calendar month; once is enough.
[[nodiscard]] bool firm_defaults(const MarketView& view, const Interval& interval, CloudId cloud, bool defaulted);
/// Moves what every firm that borrows owes by its payments, and writes off what lenders lose in a default.
/// Returns: the clouds whose firms have defaulted.
std::vector<CloudId> move_net_debt(const MarketView& view, const Interval& interval, std::span<const Entry> entries,
                                   Table<CloudId, NetDebt>& accounts);

/// What came in less what went out in a month, capital and interest aside: what there is to serve the debt.
struct DebtService {
  Money earned;
  double days = 0.0;
};
/// What lenders look at: the months that count.
struct LoanBook {
  DebtService month;              ///< that is running
  std::vector<DebtService> last;  ///< ended, the latest last
};
/// What lenders know of a firm that borrows: how its cash flow covers interest and repayment, and the hazard that this
/// makes. `limit` of the signal is not touched: it is known at the end of a month.
void judge(const Borrowing& terms, const NetDebt& account, const LoanBook& book, LoanSignal& signal);
/// Counts an interval and publishes what every firm that borrows owes; at a month's end, and on the first day, also
/// what lenders allow for what its customers owe it.
void book_loans(const MarketView& view, const Interval& interval, std::span<const Entry> entries,
                const Accounts& accounts, Table<CloudId, LoanBook>& books, Table<CloudId, CloudSignal>& signals);

/// Throws: core::LedgerError that names the firm and both amounts, where what it owes is not what was expected.
void check_net_debt(const CompiledScenario& compiled, const Table<CloudId, NetDebt>& accounts,
                    const Table<CloudId, NetDebt>& expected);

}  // namespace rackrate::market
