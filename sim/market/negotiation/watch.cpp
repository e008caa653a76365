#include "sim/market/negotiation/watch.hpp"

#include <algorithm>

#include "sim/market/contracts/roles.hpp"

namespace rackrate::market {

bool has_watched_clauses(const CompiledScenario& s) {
  return std::any_of(s.money.begin(), s.money.end(),
                     [&s](const PaymentClause& m) { return contracts::is_watched(s.clause_of(m)); });
}

void look(Watch& watch, const MarketView& view, core::SimTime start, core::SimTime end, PendingChanges& pending) {
  watch_talks(watch.talks, view, start, end, pending);
  watch_triggers(watch.triggers, watch.talks, view, start, end, pending);
  watch_tenders(watch.tenders, view, start, end, pending);
}

}  // namespace rackrate::market
