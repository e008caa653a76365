#pragma once
#include <string>

#include "sim/market/exchange/settlement/settlement_run.hpp"

/// The clauses that run an account of their own. A kind is settled by its member settle(), defined here in one file per
/// kind: it pays what is due by its account. Its audit() does not read the account (audit_run.hpp).
namespace rackrate::market {

struct ClauseRun : SettlementRun {
  const Table<LabelId, PaymentClauseId>& active;  ///< in force, or none

  [[nodiscard]] const PaymentClause& money(PaymentClauseId clause) const { return s().money[clause]; }
  /// The clause that is in force under the label.
  [[nodiscard]] const PaymentClause& in_force(LabelId label) const { return money(active[label]); }
  [[nodiscard]] ClauseAccount& account(LabelId label) const { return accounts.clauses[label]; }
  /// Is the label in force for the first time, or again, or under another clause than in the interval before?
  [[nodiscard]] bool begins(LabelId label) const { return account(label).clause != active[label]; }
  void notice(const char* kind, LabelId label, const std::string& sentence) const {
    out.notices.push_back({start(), kind, s().money_labels[label], sentence});
  }
  /// Records when a clause acted.
  void acted(LabelId label, core::SimTime time) const { out.acted.push_back({label, time}); }
};

/// The fee of every notice given in this interval: whether or not its clause, or its contract, is in force any more.
void settle_notices(ClauseRun& run);
/// New shares dilute all existing stakes in the firm.
void dilute(const ClauseRun& run, PartyId firm, double sold);
/// Each owner's share of the interval's profit of what it owns: after everything else is settled.
void report_income(ClauseRun& run);

}  // namespace rackrate::market
