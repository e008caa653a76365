#include "sim/market/negotiation/watch.hpp"

#include <algorithm>

#include "sim/market/contracts/roles.hpp"

namespace rackrate::market {

bool has_watched_clauses(const CompiledScenario& s) {
  return std::any_of(s.money.begin(), s.money.end(),
                     [&s](const PaymentClause& m) { return contracts::is_watched(s.clause_of(m)); });
}

void scan_contracts(Watch& watch, const MarketView& view, core::SimTime start, core::SimTime end,
                    PendingChanges& pending) {
  watch_renegotiations(watch.renegotiations, view, start, end);
  watch_triggers(watch.triggers, watch.renegotiations, view, start, end, pending);
  watch_tenders(watch.tenders, view, start, end, pending);
}

}  // namespace rackrate::market
