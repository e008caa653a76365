#pragma once
#include "sim/market/exchange/ledger/sides.hpp"
#include "sim/market/exchange/settlement/settle.hpp"

/// What the parts of settlement share. Included by them alone.
namespace rackrate::market {

/// The state of one settlement.
struct SettlementRun {
  const SettlementInput& in;
  Accounts& accounts;
  Settlement& out;

  [[nodiscard]] const CompiledScenario& s() const { return in.view.compiled(); }
  [[nodiscard]] const Parameters& parameters() const { return in.view.parameters(); }
  [[nodiscard]] Parties parties() const { return {s()}; }
  [[nodiscard]] const Board& board() const { return in.view.board; }
  [[nodiscard]] core::SimTime start() const { return in.interval.start; }
  [[nodiscard]] core::SimTime end() const { return in.interval.end; }

  /// Adds an entry. Under a clause it counts in the clause's account. A zero amount leaves no entry.
  void pay(Side from, Side to, Category category, Money amount, LabelId clause = {});
  /// This interval's line of a label's statement.
  [[nodiscard]] ClauseFact& line(LabelId label);
};

void settle_sales(SettlementRun& run);
void settle_streams(SettlementRun& run);
void settle_compute(SettlementRun& run);
void settle_reservations(SettlementRun& run);
/// What own products and customers beyond the labs bring.
void settle_fleet_uses(SettlementRun& run);
void settle_leases(SettlementRun& run);
/// Draws commitments by the interval's purchases: what is drawn is paid back by the cloud, which would have been owed
/// it. Drawn in a year: at most the clause's share of the commitment, and under all clauses at most what stays
/// unburned. Source: MODEL 5.5, committed-spend drawdown.
void settle_drawdowns(SettlementRun& run);
/// What big accounts have agreed on: discounts, premium service, and what they were short of commitments.
void settle_discounts(SettlementRun& run);
/// Work around items of integration that are missing.
void settle_crossings(SettlementRun& run);
void settle_running_costs(SettlementRun& run);
void settle_interest(SettlementRun& run);
void settle_capital(SettlementRun& run);
void settle_other(SettlementRun& run);
/// What investors outside the scenario pay.
void settle_funding(SettlementRun& run);
/// Payers without cash default on commitments.
void settle_defaults(SettlementRun& run);
/// Clauses that run an account of their own (clause_run.hpp).
void settle_clauses(SettlementRun& run);
void settle_net_debt(SettlementRun& run);

}  // namespace rackrate::market
