#pragma once
#include <span>
#include <vector>

#include "sim/market/contracts/audit.hpp"
#include "sim/market/contracts/take_or_pay.hpp"
#include "sim/market/exchange/clauses/drawdown.hpp"
#include "sim/market/exchange/clearing/network.hpp"
#include "sim/market/exchange/demand_state.hpp"
#include "sim/market/exchange/finance/capital.hpp"
#include "sim/market/exchange/ledger/accounts.hpp"
#include "sim/market/exchange/ledger/entry.hpp"

/// Step 4 of 5: what should have been paid, computed independently of settlement.
///
/// Settlement starts from the allocation by class and from the accounts of clauses. The audit starts from the flows on
/// the arcs of the solved network, from the contracts and from what the enterprises publish, and keeps sums of its own.
/// It sees no Allocation, no Accounts and no Settlement. The books compare the two when a month closes (books.hpp).
namespace rackrate::market {

/// A commitment as the audit follows it.
struct CommitmentAudit {
  contracts::CommitAudit totals;
  std::vector<contracts::CommitPeriod> periods;
  core::SimTime end = core::kAlways;  ///< of the schedule, as it began
  std::size_t open = 0;               ///< index into periods
  Money drawn;                        ///< paid under it, in periods
  Money expected;                     ///< of the open period's shortfall, so far
  core::SimDuration excused{0};       ///< of the open period, so far; what was barred is counted anew when it ends
  core::SimDuration undelivered{0};   ///< the part of it for which the payee had nothing left to sell
};

/// What the audit remembers of a label.
struct ClauseAudit {
  PaymentClauseId clause;  ///< in force in the interval before, or none
  PaymentClauseId last;    ///< the one that was in force last
  contracts::ShareAudit share;
  CommitmentAudit commitment;
  bool paid = false;                 ///< a tranche
  bool written_down = false;         ///< a commitment, after its payer's default
  std::vector<std::int64_t> memory;  ///< of a user-defined kind
};

/// What the audit keeps from one interval to the next. Nothing else changes it.
struct AuditBook {
  Table<LabelId, ClauseAudit> clauses;
  CommitBook drawdowns;                           ///< without `coverage`
  Money migration_seen;                           ///< of what the enterprises ever paid, what was expected already
  Table<CloudId, Money> account_shortfalls_seen;  ///< of what accounts ever paid for shortfalls, the same
  std::vector<Default> defaults;
  Table<LabId, int> round_paid;
  Table<CloudId, NetDebt> net_debt;  ///< of firms that borrow
  Table<LabId, Money> cash;          ///< of labs that keep an account: what was expected, added to what they began with
};
[[nodiscard]] AuditBook first_audit_book(const CompiledScenario& compiled);

/// What the audit reads: the cleared interval.
struct AuditInput {
  const MarketView& view;
  const Interval& interval;
  const DemandState& demand;
  const DemandTable& table;
  const FlowSolution& solution;
  const Table<CellId, std::int64_t>& cell_volume;  ///< wanted, millionths of a work unit per day
  const Capital& capital;
  const std::vector<core::SimTime>& cleared;  ///< starts of the intervals before
  std::span<const Lease> leases = {};         ///< between clouds
};

/// Every payment that the interval should have brought.
[[nodiscard]] std::vector<Entry> audit(const AuditInput& input, AuditBook& book);

}  // namespace rackrate::market
