#pragma once
#include <string>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/actors/actors.hpp"

namespace rackrate::market {

/// Spending by calendar month, $; the month of the run's start is at 0.
using Spending = std::vector<double>;

/// The positions of calendar months in a plan: all of the run, and those in which its last orders are paid.
struct PlanMonths {
  int first = 0;  ///< core::month_index of position 0
  int count = 0;
  /// Position of a day; days before and after fall on the first and the last.
  [[nodiscard]] std::size_t of(core::SimTime t) const;
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(count); }
};

/// An amount as notices say it.
[[nodiscard]] std::string billions(double usd);

/// What one firm may spend on chips, shells and power together, by calendar month.
///
/// Two limits hold at the end of every calendar quarter. What is spent in the year so far is at most what guidance
/// allows for it: what a quarter leaves may be spent later in the year. And what is spent since the start is at most
/// the cash set aside since then and the debt limit.
struct Budget {
  PlanMonths months;
  Spending guided;       ///< of each month
  Spending funds;        ///< cash and debt up to the end of each month; empty: no limit
  Spending announced{};  ///< of the months for which spending is announced, 0 in others; empty: it is no plan
};

/// $ a year that guidance allows at t: the least of the spans that cover it. Where none does, the latest span before it
/// grows on from its middle as `growth` does; where there is none either, the first year's budget grows.
[[nodiscard]] double guided_rate(const CapitalRule& rule, core::SimTime start, core::SimTime t);
/// Order: does not depend on the order of spans.
[[nodiscard]] Budget budget_of(const CapitalRule& rule, core::SimTime start, PlanMonths months);

/// What lenders still allow a firm, and what its business brings after interest.
struct Credit {
  double spent_usd = 0.0;          ///< on capital since the start
  double left_usd = 0.0;           ///< of what lenders allow
  double free_usd_per_year = 0.0;  ///< cash flow after interest
};
/// The budget of a firm that borrows: from a day on it may spend what lenders still allow, and what its business
/// brings.
void lend(Budget& budget, const Credit& credit, core::SimTime now);

/// The greatest share, at most 1, of `wanted` that fits into the budget beside what is committed, at the end of every
/// quarter up to which something is wanted.
[[nodiscard]] double affordable_share(const Budget& budget, const Spending& committed, const Spending& wanted);

/// What guidance allows between two days, $.
[[nodiscard]] double guided_between(const Budget& budget, core::SimTime from, core::SimTime until);
/// What guidance, cash and debt leave for new orders from a day on, up to the end of the month of another; at least 0.
[[nodiscard]] double uncommitted(const Budget& budget, const Spending& committed, core::SimTime from,
                                 core::SimTime until);

/// What the firm announced for the calendar year up to the end of the quarter of a month, less what is committed, over
/// the months for which it announced anything; at least 0. 0 where it is no plan.
[[nodiscard]] double left_of_announced(const Budget& budget, const Spending& committed, std::size_t month);

/// What a calendar year may spend up to the end of a month, by what was spent then: its guidance so far, or what it has
/// spent and cash and debt leave, where that is less.
[[nodiscard]] double allowed_so_far(const Budget& budget, const Spending& spent, std::size_t month);

/// Throws: LedgerError that names the cloud and the quarter, when `after` exceeds the budget at the end of a quarter
/// and exceeds what was committed before, too: no decision may add what the budget does not hold.
void check_plan(const Budget& budget, const Spending& before, const Spending& after, const std::string& cloud);

}  // namespace rackrate::market
