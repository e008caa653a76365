#pragma once
#include <optional>
#include <vector>

#include "sim/market/exchange/window.hpp"

/// The clauses that run an account of their own, one function per kind. Each posts what its account says and
/// expects what an audit says that never saw the posting.
namespace rackrate::market {

struct ClauseRun {
  Exchange& exchange;
  const Scene& scene;
  core::SimTime start, end;
  const Takings& takings;
  const Takings& again;
  std::vector<int> active;                 ///< by label: index into Setting::money, -1: not in force
  Observer* observer = nullptr;

  [[nodiscard]] const Setting& s() const { return scene.setting(); }
  [[nodiscard]] const MoneyClause& money(int index) const { return s().money[static_cast<std::size_t>(index)]; }
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

void settle_share(ClauseRun& run, std::size_t label);
void settle_commitment(ClauseRun& run, std::size_t label);
/// The payments that talks settled on, a constant flow each.
void settle_agreed(ClauseRun& run, std::size_t label);
/// A commitment that its contract no longer states, before its own end: owes the share of the period that has passed.
void lapse_commitment(ClauseRun& run, std::size_t label);
/// Pays a tranche on the first day on which all its conditions hold; the stake it buys dilutes all others.
void settle_tranche(ClauseRun& run, std::size_t label);
/// The layers in which firms pay and are paid for broken and ended contracts: a lab's model business, a cloud's infrastructure.
[[nodiscard]] Side owing(const Setting& setting, int party);
[[nodiscard]] Side owed(const Setting& setting, int party);
/// `amount` for every contract that begins to break this one, once each, and `per_year` while any of them does.
/// A breach that began before the run, or before the clause, is not charged the sum again.
void settle_damages(ClauseRun& run, std::size_t label);
/// The fee of every notice given in this window: whether or not its clause, or its contract, is in force any more.
void settle_notices(ClauseRun& run);
/// The line of a termination clause: what a notice announced already will cost.
void state_termination(ClauseRun& run, std::size_t label);
/// A stake begins, or is restated.
void settle_equity(ClauseRun& run, std::size_t label);
/// What a tender's awards reserve in this window, and what failed ones would have.
void report_tender(ClauseRun& run, std::size_t label);
/// Each owner's share of the window's profit of what it owns: after everything else is posted.
void report_income(ClauseRun& run);

}  // namespace rackrate::market
