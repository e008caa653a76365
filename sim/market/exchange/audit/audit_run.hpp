#pragma once
#include "sim/market/exchange/audit/audit.hpp"
#include "sim/market/exchange/ledger/sides.hpp"

/// What the parts of the audit share. Included by them alone.
namespace rackrate::market {

/// Compute that flowed, from the arcs of the network; whole H100e.
struct Flows {
  Table<ClassId, std::int64_t> wanted, served;
  Table<ReservationId, std::int64_t> kept;  ///< capacity kept for it: what flowed through its part and what was left

  [[nodiscard]] double fill(ClassId k) const;
};

/// Terms in force, from one pass over the clauses.
struct TermsInForce {
  Table<LabelId, PaymentClauseId> active;        ///< or none
  Grid<LabId, CloudId, double> hosting_usd;      ///< per H100e-hour
  Grid<LabId, ChannelId, double> channel_share;  ///< of a sale, kept by the seller
};

/// The state of one audit.
struct AuditRun {
  const AuditInput& in;
  AuditBook& book;
  Flows flows;
  TermsInForce terms;
  Receipts receipts;
  std::vector<Entry> expected;

  [[nodiscard]] const CompiledScenario& s() const { return in.view.compiled(); }
  [[nodiscard]] const Parameters& parameters() const { return in.view.parameters(); }
  [[nodiscard]] Parties parties() const { return {s()}; }
  [[nodiscard]] const Board& board() const { return in.view.board; }
  [[nodiscard]] core::SimTime start() const { return in.interval.start; }
  [[nodiscard]] core::SimTime end() const { return in.interval.end; }
  [[nodiscard]] const PaymentClause& money(PaymentClauseId clause) const { return s().money[clause]; }
  /// The clause that is in force under the label.
  [[nodiscard]] const PaymentClause& in_force(LabelId label) const { return money(terms.active[label]); }
  [[nodiscard]] ClauseAudit& clause(LabelId label) const { return book.clauses[label]; }
  /// Is the label in force for the first time, or again, or under another clause than in the interval before?
  [[nodiscard]] bool begins(LabelId label) const { return clause(label).clause != terms.active[label]; }

  void expect(Side from, Side to, Category category, Money amount, LabelId clause = {}) {
    if (amount != Money{}) expected.push_back({from, to, category, amount, clause});
  }
};

[[nodiscard]] Flows flows_of(const AuditInput& input);
[[nodiscard]] TermsInForce terms_in_force(const AuditInput& input);

void audit_sales(AuditRun& run);
void audit_streams(AuditRun& run);
void audit_compute(AuditRun& run);
void audit_reservations(AuditRun& run);
void audit_fleet_uses(AuditRun& run);
void audit_leases(AuditRun& run);
void audit_drawdowns(AuditRun& run);
void audit_discounts(AuditRun& run);
void audit_crossings(AuditRun& run);
void audit_running_costs(AuditRun& run);
void audit_interest(AuditRun& run);
void audit_capital(AuditRun& run);
void audit_other(AuditRun& run);
void audit_funding(AuditRun& run);
/// The fees of notices, and every clause with an account.
void audit_clauses(AuditRun& run);
void audit_notices(AuditRun& run);

}  // namespace rackrate::market
