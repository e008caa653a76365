#include "sim/market/negotiation/watch.hpp"

#include <algorithm>

#include "sim/market/contracts/roles.hpp"

namespace rackrate::market {

bool has_watched_clauses(const Setting& s) {
  return std::any_of(s.money.begin(), s.money.end(), [&s](const MoneyClause& m) { return contracts::is_watched(s.clause_of(m)); });
}

void look(Watch& watch, const Scene& scene, core::SimTime start, core::SimTime end, Findings& findings) {
  watch_talks(watch.talks, scene, start, end, findings);
  watch_triggers(watch.triggers, watch.talks, scene, start, end, findings);
  watch_tenders(watch.tenders, scene, start, end, findings);
}

}  // namespace rackrate::market
