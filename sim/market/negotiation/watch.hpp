#pragma once
#include <string>
#include <vector>

#include "sim/market/contracts/changes.hpp"
#include "sim/market/negotiation/renegotiation.hpp"
#include "sim/market/negotiation/tender.hpp"
#include "sim/market/negotiation/trigger.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/view/notice.hpp"

namespace rackrate::market {

/// A clause acted for the first time: a trigger fired, talks were agreed, notice was given, a tender was awarded.
struct Milestone {
  std::string label;  ///< "contract/clause"
  core::SimTime time;
};

/// What the watched clauses of a run remember. By label, so a restated clause goes on under its name.
struct Watch {
  std::vector<TriggerState> triggers;
  std::vector<TalkState> talks;
  std::vector<TenderState> tenders;
  bool scheduled = false;  ///< a scan is scheduled for every window
};

/// What the sides of a renegotiation clause would gain by agreeing, as appraised at one instant.
struct Gain {
  std::string label;  ///< "contract/clause"
  core::SimTime time;
  double usd_per_year = 0.0;
};

/// What a look came to, taken up at the window's end.
struct PendingChanges {
  std::vector<contracts::ContractChange> changes;
  std::vector<Milestone> milestones;
  std::vector<Notice> notices;
  std::vector<Gain> gains;
};

/// Is there anything to watch in these contracts?
[[nodiscard]] bool has_watched_clauses(const CompiledScenario& compiled);
/// One look a window, at its start, at what the board says: changes found take effect at the window's end.
void look(Watch& watch, const MarketView& view, core::SimTime start, core::SimTime end, PendingChanges& pending);

}  // namespace rackrate::market
