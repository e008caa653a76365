#pragma once
#include <map>
#include <span>
#include <vector>

#include "sim/market/exchange/clearing/clear.hpp"
#include "sim/market/exchange/ledger/accounts.hpp"
#include "sim/market/exchange/ledger/entry.hpp"
#include "sim/market/view/notice.hpp"

/// The cash of labs that keep an account: what they began with, and every payment of their firm since. Depreciation and
/// what a firm pays itself move no cash. Settlement's entries move the account, the audit's expectations a second one,
/// and both must agree when a month closes.
namespace rackrate::market {

/// What a month has brought so far.
struct CashFlows {
  double days = 0.0;
  Money revenue;                 ///< from sales
  Money earned;                  ///< all that came in less all that went out, but for the following
  Money shortfall;               ///< paid for commitments that were not met
  Money research;                ///< paid for training and research
  std::map<int, Money> hosting;  ///< paid for inference, by payee (party)
  double bought_days = 0.0;      ///< H100e-days of training and research that were paid for as they ran
  double reserved_days = 0.0;    ///< the same, on compute that was reserved
  double training_days = 0.0, research_days = 0.0;  ///< H100e-days that its plans ask for, not cut
};

struct CashAccount {
  Money cash;
  Money funding;           ///< received in the last interval
  CashFlows month;         ///< that is running
  bool overdrawn = false;  ///< below its overdraft limit
  CashSignal signal;
};

[[nodiscard]] inline bool keeps_cash(const Parameters& p, LabId lab) { return p.labs[lab].cash.opening_usd >= 0; }

/// What the labs begin with; 0 for those that keep no account.
[[nodiscard]] Table<LabId, Money> opening_cash(const CompiledScenario& compiled);
/// Moves the cash of every lab that keeps an account by the payments of its firm.
void move_cash(const CompiledScenario& compiled, std::span<const Entry> entries, Table<LabId, Money>& cash);

/// What the accounts are moved by.
struct CashInput {
  const MarketView& view;
  const Interval& interval;
  const DemandTable& table;
  const Load& load;
  const Allocation& allocation;
  const std::vector<Entry>& entries;
  std::span<const Default> defaults;
};
[[nodiscard]] Table<LabId, CashAccount> first_cash(const CompiledScenario& compiled);
/// Books an interval. Returns: what the timeline says of it.
[[nodiscard]] std::vector<Notice> book_cash(const CashInput& input, Table<LabId, CashAccount>& accounts);

/// Throws: core::LedgerError that names the lab and both amounts, where the account is not what was expected.
void check_cash(const CompiledScenario& compiled, const Table<LabId, CashAccount>& accounts,
                const Table<LabId, Money>& expected);

}  // namespace rackrate::market
