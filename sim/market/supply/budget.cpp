#include "sim/market/supply/budget.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/core/error.hpp"

namespace rackrate::market {
namespace {

constexpr int kMonthsPerYear = 12;

double years_between(core::SimTime a, core::SimTime b) { return core::in_years(b - a); }

core::SimTime middle(core::SimTime a, core::SimTime b) { return a + (b - a) / 2; }

/// $ of one month at a yearly rate, from the run's start on.
template <class Rate>
double of_month(int month, core::SimTime start, Rate rate) {
  const core::SimTime from = std::max(start, core::month_start(month)), until = core::month_start(month + 1);
  return until <= from ? 0.0 : rate(middle(from, until)) * years_between(from, until);
}

/// Sums up to the end of a quarter: of the calendar year so far and of all months.
struct Sums {
  double year = 0.0, all = 0.0;
  void add(double x, bool year_begins) {
    year = (year_begins ? 0.0 : year) + x;
    all += x;
  }
};

/// Calls visit(position) for the last month of every quarter, after `add` was called for every month up to it.
template <class Add, class Visit>
void by_quarter(const PlanMonths& months, Add add, Visit visit) {
  for (int m = 0; m < months.count; ++m) {
    const int of_year = (months.first + m) % kMonthsPerYear;
    add(static_cast<std::size_t>(m), of_year == 0);
    if (of_year % 3 == 2 || m + 1 == months.count) visit(static_cast<std::size_t>(m));
  }
}

/// The budgets of the months whose first days lie in an announced span.
Spending announced_part(const CapitalRule& rule, const PlanMonths& months, Spending guided) {
  for (int m = 0; m < months.count; ++m) {
    const core::SimTime t = core::month_start(months.first + m);
    const bool spoken = std::any_of(rule.guidance.begin(), rule.guidance.end(),
                                    [t](const Guidance& span) { return span.from <= t && t < span.until; });
    if (!spoken) guided[static_cast<std::size_t>(m)] = 0.0;
  }
  return guided;
}

double fitting(double room, double wanted, double share) {
  return wanted > 0 ? std::min(share, std::max(0.0, room) / wanted) : share;
}

}  // namespace

std::string billions(double usd) {
  const auto tenths = std::llround(usd * 1e-8);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " B$";
}

std::size_t PlanMonths::of(core::SimTime t) const {
  return static_cast<std::size_t>(std::clamp(core::month_index(t) - first, 0, std::max(0, count - 1)));
}

double guided_rate(const CapitalRule& rule, core::SimTime start, core::SimTime t) {
  double least = std::numeric_limits<double>::infinity();
  const Guidance* last = nullptr;
  for (const auto& span : rule.guidance) {
    if (span.from <= t && t < span.until) least = std::min(least, span.usd_per_year);
    const auto later = [](const Guidance& a, const Guidance& b) {
      return a.until != b.until ? a.until > b.until : a.usd_per_year < b.usd_per_year;
    };
    if (span.until <= t && (last == nullptr || later(span, *last))) last = &span;
  }
  if (std::isfinite(least)) return least;
  const double level = rule.growth.level(years_between(start, t));
  if (last == nullptr) return rule.usd_per_year * level;
  const double then = years_between(start, middle(last->from, last->until));
  return last->usd_per_year * level / rule.growth.level(std::max(0.0, then));
}

Budget budget_of(const CapitalRule& rule, core::SimTime start, PlanMonths months) {
  Budget budget{months, Spending(months.size()), {}, {}};
  for (int m = 0; m < months.count; ++m)
    budget.guided[static_cast<std::size_t>(m)] =
        of_month(months.first + m, start, [&](core::SimTime t) { return guided_rate(rule, start, t); });
  if (rule.plan_share > 0) budget.announced = announced_part(rule, months, budget.guided);
  if (rule.operating_cash_usd < 0) return budget;
  double funds = rule.debt_limit_usd;
  for (int m = 0; m < months.count; ++m) {
    funds += of_month(months.first + m, start, [&](core::SimTime t) {
      return rule.cash_share * rule.operating_cash_usd * rule.operating_cash_growth.level(years_between(start, t));
    });
    budget.funds.push_back(funds);
  }
  return budget;
}

void lend(Budget& budget, const Credit& credit, core::SimTime now) {
  budget.funds.assign(budget.months.size(), credit.spent_usd);
  for (std::size_t m = budget.months.of(now); m < budget.months.size(); ++m) {
    const auto end = core::month_start(budget.months.first + static_cast<int>(m) + 1);
    budget.funds[m] += credit.left_usd + credit.free_usd_per_year * std::max(0.0, years_between(now, end));
  }
}

double affordable_share(const Budget& budget, const Spending& committed, const Spending& wanted) {
  double share = 1.0;
  Sums b, c, w;
  by_quarter(
      budget.months,
      [&](std::size_t m, bool year_begins) {
        b.add(budget.guided[m], year_begins);
        c.add(committed[m], year_begins);
        w.add(wanted[m], year_begins);
      },
      [&](std::size_t m) {
        share = fitting(b.year - c.year, w.year, share);
        if (!budget.funds.empty()) share = fitting(budget.funds[m] - c.all, w.all, share);
      });
  return share;
}

double guided_between(const Budget& budget, core::SimTime from, core::SimTime until) {
  double sum = 0.0;
  for (int m = 0; m < budget.months.count; ++m) {
    const int month = budget.months.first + m;
    const auto begin = core::month_start(month), end = core::month_start(month + 1);
    const double length = years_between(begin, end);
    const double covered = years_between(std::max(begin, from), std::min(end, until));
    sum += budget.guided[static_cast<std::size_t>(m)] * std::clamp(covered / length, 0.0, 1.0);
  }
  return sum;
}

double uncommitted(const Budget& budget, const Spending& committed, core::SimTime from, core::SimTime until) {
  const std::size_t first = budget.months.of(from), last = budget.months.of(until);
  double before = 0.0, within = 0.0;
  for (std::size_t m = 0; m <= last; ++m) (m < first ? before : within) += committed[m];
  double left = guided_between(budget, from, core::month_start(core::month_index(until) + 1)) - within;
  if (!budget.funds.empty()) left = std::min(left, budget.funds[last] - before - within);
  return std::max(0.0, left);
}

double left_of_announced(const Budget& budget, const Spending& committed, std::size_t month) {
  if (budget.announced.empty()) return 0.0;
  const int of_year = (budget.months.first + static_cast<int>(month)) % kMonthsPerYear;
  const std::size_t quarter_ends =
      std::min(budget.months.size() - 1, month + static_cast<std::size_t>(2 - of_year % 3));
  double left = 0.0;
  for (std::size_t m = month - std::min(month, static_cast<std::size_t>(of_year)); m <= quarter_ends; ++m)
    if (budget.announced[m] > 0) left += budget.announced[m] - committed[m];
  return std::max(0.0, left);
}

double allowed_so_far(const Budget& budget, const Spending& spent, std::size_t month) {
  Sums guided, paid;
  for (std::size_t m = 0; m <= month; ++m) {
    const bool year_begins = (budget.months.first + static_cast<int>(m)) % kMonthsPerYear == 0;
    guided.add(budget.guided[m], year_begins);
    paid.add(spent[m], year_begins);
  }
  if (budget.funds.empty()) return guided.year;
  return std::min(guided.year, paid.year + budget.funds[month] - paid.all);
}

void check_plan(const Budget& budget, const Spending& before, const Spending& after, const std::string& cloud) {
  Sums b, c, a;
  const auto check = [&](std::size_t m, double limit, double was, double is, const char* what) {
    const double most = std::max(limit, was);
    if (is <= most + 1.0 + 1e-9 * std::abs(most)) return;
    throw core::LedgerError(cloud + " plans to spend " + std::to_string(is) + " $ on capital up to the end of " +
                            core::to_string(core::month_start(budget.months.first + static_cast<int>(m))).substr(0, 7) +
                            "; expected at most " + std::to_string(most) + " $ (" + what + ")");
  };
  by_quarter(
      budget.months,
      [&](std::size_t m, bool year_begins) {
        b.add(budget.guided[m], year_begins);
        c.add(before[m], year_begins);
        a.add(after[m], year_begins);
      },
      [&](std::size_t m) {
        check(m, b.year, c.year, a.year, "guidance of the year so far");
        if (!budget.funds.empty()) check(m, budget.funds[m], c.all, a.all, "cash and debt since the start");
      });
}

}  // namespace rackrate::market
