#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/market/regime/parameters.hpp"
#include "sim/market/view/replay.hpp"
#include "sim/market/vocabulary/facts.hpp"
#include "sim/record/month_accounts.hpp"
#include "sim/record/month_clauses.hpp"
#include "sim/record/month_state.hpp"
#include "sim/record/run_dates.hpp"
#include "sim/record/run_series.hpp"

namespace rackrate::record {

/// Converts the market's facts to monthly series. It changes nothing (promise P8) and is a plain
/// value: a copy of a run includes a copy of its recorder.
///
/// Invariant: at any moment the accounts close exactly; an entry that cannot close throws at once.
class MonthlyRecorder : public market::Observer {
 public:
  explicit MonthlyRecorder(const market::Parameters& parameters);

  /// Throws LedgerError that names the entry: a party, clause or day that does not exist, or capital that
  /// moves where capital cannot go.
  void on_entry(const market::EntryFact& entry) override;
  /// Throws LedgerError when a pool's compute does not add up.
  void on_window(const market::WindowFact& window) override;
  /// Its variables know labs and products.
  [[nodiscard]] bool reads_markets() const override { return false; }
  void on_event(const market::EventFact& event) override;
  void on_clause_date(market::LabelId clause, core::SimTime time) override;
  void on_appraisal(market::LabelId clause, core::SimTime time, double usd_per_year) override;
  void on_run(const market::RunFact& run) override;
  void on_decision(const market::DecisionFact& decision) override;
  /// These two throw LedgerError when the fact lies outside the run.
  void on_capital(const market::CapitalFact& paid) override;
  void on_capital_plan(const market::CapitalPlanFact& plan) override;
  /// Payments under a label stay under it. A label that no contract has any more moves behind the others if it ever
  /// moved money, else it is removed.
  void on_money_labels(std::span<const std::string> labels) override;

  /// The series of all facts received so far; months that no window and no entry touched are missing.
  /// May be called in the middle of a run.
  /// Throws:  LedgerError when a month's accounts do not close.
  [[nodiscard]] RunSeries series(std::string arm, std::int64_t replication) const;
  [[nodiscard]] const Axes& axes() const { return axes_; }
  /// Prices and investment decided so far, for another arm to replay; the run sets seed and replication.
  [[nodiscard]] const market::DecisionPath& decisions() const { return decisions_; }

 private:
  Axes axes_;
  Accounts accounts_;
  MonthStates states_;
  MonthClauses clauses_;
  RunDates runs_;
  std::vector<Event> events_;
  market::DecisionPath decisions_;
};

}  // namespace rackrate::record
