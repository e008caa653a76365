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

/// A clause acted for the first time: a trigger fired, the sides of a renegotiation agreed, notice was given, a tender
/// was awarded.
struct Milestone {
  std::string label;  ///< "contract/clause"
  core::SimTime time;
};

/// State of the watched clauses of a run. By label, so a restated clause continues under its name.
struct Watch {
  std::vector<TriggerState> triggers;
  std::vector<RenegotiationState> renegotiations;
  std::vector<TenderState> tenders;
  bool scheduled = false;  ///< a scan is scheduled for every window
};

/// What the sides of a renegotiation clause would gain by agreeing, as appraised at one instant.
struct Gain {
  std::string label;  ///< "contract/clause"
  core::SimTime time;
  double usd_per_year = 0.0;
};

/// What a scan found; it takes effect at the window's end.
struct PendingChanges {
  std::vector<contracts::ContractChange> changes;
  std::vector<Milestone> milestones;
  std::vector<Notice> notices;
  std::vector<Gain> gains;
};

/// Does any contract have a trigger, a renegotiation or a tender?
[[nodiscard]] bool has_watched_clauses(const CompiledScenario& compiled);
/// Scans the board once a window, at its start: changes found take effect at the window's end.
void scan_contracts(Watch& watch, const MarketView& view, core::SimTime start, core::SimTime end,
                    PendingChanges& pending);

}  // namespace rackrate::market
