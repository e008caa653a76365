#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/market/vocabulary/facts.hpp"
#include "sim/record/axes.hpp"
#include "sim/record/discount.hpp"
#include "sim/record/run_series.hpp"

namespace rackrate::record {

/// The lines of the contracts' statements, collected by month in integers: sums of the flows, and where each
/// clause stood after the month's last window. Months without a statement of a clause stay missing.
class MonthClauses {
 public:
  MonthClauses() = default;
  MonthClauses(const Axes& axes, double discount_rate, core::SimTime valuation_date);

  /// Throws:  LedgerError when a line names a clause or a firm that does not exist.
  void add(const market::WindowFact& window);
  /// The clause dimension gets other labels, see relabel_clauses() of the accounts.
  void relabel(const std::vector<std::size_t>& to, std::size_t size);
  /// A clause acted for the first time, `days` after the run's start. Later calls for the same clause change nothing.
  /// Throws:  LedgerError for a clause that does not exist.
  void acted(market::LabelId clause, double days);
  /// The gain of a renegotiation clause as appraised at `time`, $ a year; the last one of a month counts.
  /// Throws:  LedgerError for a clause that does not exist.
  void appraised(market::LabelId clause, core::SimTime time, double usd_per_year);
  /// Has this clause stated anything?
  [[nodiscard]] bool ever_stated(std::size_t clause) const;
  /// Writes the variables of clauses, and the income of their owners in months that are `known`.
  void fill(const std::vector<char>& known, RunSeries& out) const;

 private:
  struct Month {
    market::ClauseFact sum;                         ///< flows of the month; stocks of its last window
    std::int64_t quantity = 0, quantity_short = 0;  ///< H100e-milliseconds
    bool stated = false;
  };

  std::size_t clauses_ = 0, firms_ = 0, months_ = 0;
  int first_month_ = 0;
  Discount discount_;
  std::vector<Month> lines_;         ///< [clause, month]
  std::vector<double> acted_;        ///< [clause] days from the start, NaN: not yet
  std::vector<double> gain_;         ///< [clause, month] $ a year, NaN: no appraisal
  std::vector<core::Money> income_;  ///< [firm, month]
  std::vector<double> present_;      ///< [firm] income on the valuation date, dollars; day by day
};

}  // namespace rackrate::record
