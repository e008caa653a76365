#include "sim/market/exchange/interval.hpp"

#include <algorithm>
#include <vector>

#include "sim/market/exchange/ledger/accounts.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {
namespace {

/// The end of the interval so far, made earlier date by date.
struct Cut {
  core::SimTime start, end;

  void at(core::SimTime date) {
    if (start < date && date < end) end = date;
  }
  /// At the first midnight at or after the date.
  void by(core::SimTime date) {
    if (start < date && date < end) end = std::min<core::SimTime>(end, std::chrono::ceil<std::chrono::days>(date));
  }
};

/// Cuts at the dates of contracts: at(date), or by(date), for each of them.
template <class Cuts>
void cut_at_terms(Cuts& cut, const CompiledScenario& s) {
  for (const auto date : s.registry.breakpoints()) cut.by(date);  // also those of damages, which a breach is priced by
  for (const auto& m : s.money) {
    if (s.clause_of(m).is<kinds::Damages>()) continue;
    cut.at(m.from);
    cut.at(m.until);
    if (const auto* reservation = s.clause_of(m).get_if<kinds::Reservation>())
      for (const auto& step : reservation->schedule) cut.at(step.from);
    if (const auto* commit = s.clause_of(m).get_if<kinds::Commit>()) cut.at(commit->bought_out);
  }
  for (const auto& contract : s.parameters.contracts)  // tranches wait for signatures
    for (const auto& version : contract.versions) cut.by(version.signed_on);
}

/// Collects dates instead.
struct CutDates {
  std::vector<core::SimTime> dates;

  void at(core::SimTime date) {
    if (date < core::kNever) dates.push_back(date);
  }
  void by(core::SimTime date) {
    if (date > core::kAlways && date < core::kNever) dates.push_back(std::chrono::ceil<std::chrono::days>(date));
  }
};

/// The open period of every commitment, and the first of those that begin with this interval.
void cut_at_periods(Cut& cut, const Accounts& accounts, const CompiledScenario& s) {
  for (const auto& account : accounts.clauses)
    if (const auto* period = account.commitment.open_period()) {
      cut.at(period->from);
      cut.at(period->until);
    }
  for (const PaymentClauseId clause : s.money.ids()) {
    const auto& m = s.money[clause];
    const bool begins = accounts.clauses[m.label].clause != clause;
    if (!s.clause_of(m).is<kinds::Commit>() || !begins || !s.in_force(m, cut.start)) continue;
    if (const auto periods = contracts::commit_periods(s.clause_of(m), s.version_of(m), cut.start); !periods.empty())
      cut.at(periods.front().until);
  }
  if (!accounts.commitments.coverage.empty()) cut.at(next_year(accounts.commitments.year));
}

}  // namespace

std::vector<core::SimTime> cutting_dates(const CompiledScenario& s) {
  CutDates cut;
  cut_at_terms(cut, s);
  auto& dates = cut.dates;
  std::erase_if(dates, [&](core::SimTime t) { return t <= s.parameters.run.start || t >= s.parameters.run.end; });
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  return dates;
}

core::SimTime interval_end(const CompiledScenario& s, const Accounts& accounts, core::SimTime run_end,
                           core::SimTime start, core::SimTime window_end) {
  Cut cut{start, std::min({window_end, run_end, core::month_start(core::month_index(start) + 1)})};
  cut_at_terms(cut, s);
  cut_at_periods(cut, accounts, s);
  return cut.end;
}

bool ends_month(const Interval& interval, core::SimTime run_end) {
  return interval.end >= run_end || core::month_index(interval.end) != core::month_index(interval.start);
}

}  // namespace rackrate::market
