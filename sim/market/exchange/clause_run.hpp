#pragma once
#include <optional>
#include <vector>

#include "sim/market/exchange/window.hpp"

/// The clauses that run an account of their own. A kind is settled by its member settle(), defined here in one file per
/// kind: it posts what its account says and expects what an audit says that never saw the posting.
namespace rackrate::market {

struct ClauseRun {
  Exchange& exchange;
  const MarketView& view;
  core::SimTime start, end;
  const Receipts& receipts;
  const Receipts& audited;
  std::vector<int> active;  ///< by label: index into CompiledScenario::money, -1: not in force
  Observer* observer = nullptr;

  [[nodiscard]] const CompiledScenario& s() const { return view.compiled(); }
  [[nodiscard]] const PaymentClause& money(int index) const { return s().money[static_cast<std::size_t>(index)]; }
  [[nodiscard]] ClauseAccount& account(std::size_t label) const { return exchange.clauses[label]; }
  /// Is the label in force for the first time, or again, or under another clause than in the window before?
  [[nodiscard]] bool begins(std::size_t label) const { return account(label).clause != active[label]; }
  void notice(const char* kind, std::size_t label, const std::string& sentence) const {
    exchange.notices.push_back({start, kind, s().money_labels[label], sentence});
  }
  /// Tells when a clause acted; the recorder keeps the first time.
  void acted(std::size_t label, core::SimTime time) const {
    if (observer != nullptr) observer->on_clause_date(static_cast<std::int32_t>(label), time);
  }
};

/// This window's line of a label's statement.
[[nodiscard]] ClauseFact& line_of(Exchange& exchange, int label);
/// Posts under a clause and counts it in the clause's account.
void post_clause(Exchange& exchange, int label, Side from, Side to, Category category, Money amount);

/// The layers in which firms pay and are paid for broken and ended contracts: a lab's model business, a cloud's
/// infrastructure.
[[nodiscard]] Side owing(const CompiledScenario& compiled, int party);
[[nodiscard]] Side owed(const CompiledScenario& compiled, int party);
/// The fee of every notice given in this window: whether or not its clause, or its contract, is in force any more.
void settle_notices(ClauseRun& run);
/// New shares make everybody's part of the firm smaller.
void dilute(const ClauseRun& run, int firm, double sold);
/// Each owner's share of the window's profit of what it owns: after everything else is posted.
void report_income(ClauseRun& run);

}  // namespace rackrate::market
