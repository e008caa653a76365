#include "sim/market/exchange/interval.hpp"

#include <algorithm>

#include "sim/market/exchange/exchange.hpp"

namespace rackrate::market {
namespace {

/// The end of the interval so far, made earlier date by date.
struct Cut {
  core::SimTime start, end;

  void at(core::SimTime date) {
    if (date <= start || date >= end) return;
    end = std::min<core::SimTime>(end, std::chrono::ceil<std::chrono::days>(date));
  }
};

void cut_at_terms(Cut& cut, const Setting& s) {
  for (const auto date : s.registry.breakpoints()) cut.at(date);
  for (const auto& m : s.money) {
    cut.at(m.from);
    cut.at(m.until);
    for (const auto& step : s.clause_of(m).schedule) cut.at(step.from);
  }
  for (const auto& contract : s.parameters.contracts)   // tranches wait for signatures
    for (const auto& version : contract.versions) cut.at(version.signed_on);
}

void cut_at_periods(Cut& cut, const Exchange& exchange) {
  for (const auto& account : exchange.clauses)
    if (const auto* period = account.commitment.open_period()) {
      cut.at(period->from);
      cut.at(period->until);
    }
  if (!exchange.commitments.coverage.empty()) cut.at(next_year(exchange.commitments.year));
}

}  // namespace

core::SimTime interval_end(const Exchange& exchange, const Setting& s, core::SimTime start, core::SimTime window_end) {
  Cut cut{start, std::min({window_end, exchange.end, core::month_start(core::month_index(start) + 1)})};
  if (std::chrono::ceil<std::chrono::days>(start + core::SimDuration{1}) >= cut.end) return cut.end;   // no midnight inside
  cut_at_terms(cut, s);
  cut_at_periods(cut, exchange);
  return cut.end;
}

}  // namespace rackrate::market
