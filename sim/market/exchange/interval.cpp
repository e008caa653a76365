#include "sim/market/exchange/interval.hpp"

#include <algorithm>

#include "sim/market/exchange/exchange.hpp"

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

void cut_at_terms(Cut& cut, const CompiledScenario& s) {
  for (const auto date : s.registry.breakpoints()) cut.by(date);  // also those of damages, which a breach is priced by
  for (const auto& m : s.money) {
    if (s.clause_of(m).is<kinds::Damages>()) continue;
    cut.at(m.from);
    cut.at(m.until);
    if (const auto* reservation = s.clause_of(m).get_if<kinds::Reservation>())
      for (const auto& step : reservation->schedule) cut.at(step.from);
  }
  for (const auto& contract : s.parameters.contracts)  // tranches wait for signatures
    for (const auto& version : contract.versions) cut.by(version.signed_on);
}

/// The open period of every commitment, and the first of those that begin with this interval.
void cut_at_periods(Cut& cut, const Exchange& exchange, const CompiledScenario& s) {
  for (const auto& account : exchange.clauses)
    if (const auto* period = account.commitment.open_period()) {
      cut.at(period->from);
      cut.at(period->until);
    }
  for (std::size_t k = 0; k < s.money.size(); ++k) {
    const auto& m = s.money[k];
    const bool begins = exchange.clauses[static_cast<std::size_t>(m.label)].clause != static_cast<int>(k);
    if (!s.clause_of(m).is<kinds::Commit>() || !begins || !s.in_force(m, cut.start)) continue;
    if (const auto periods = contracts::commit_periods(s.clause_of(m), s.version_of(m), cut.start); !periods.empty())
      cut.at(periods.front().until);
  }
  if (!exchange.commitments.coverage.empty()) cut.at(next_year(exchange.commitments.year));
}

}  // namespace

core::SimTime interval_end(const Exchange& exchange, const CompiledScenario& s, core::SimTime start,
                           core::SimTime window_end) {
  Cut cut{start, std::min({window_end, exchange.end, core::month_start(core::month_index(start) + 1)})};
  cut_at_terms(cut, s);
  cut_at_periods(cut, exchange, s);
  return cut.end;
}

}  // namespace rackrate::market
