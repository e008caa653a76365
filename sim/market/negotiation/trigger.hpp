#pragma once
#include <string>
#include <vector>

#include "sim/market/negotiation/renegotiation.hpp"
#include "sim/market/primitives/hazard.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

struct PendingChanges;

/// State of a trigger.
struct TriggerState {
  std::string label;                        ///< "contract/clause"
  HazardClock chance;                       ///< of an event that comes at a rate
  bool happened = false;                    ///< that event
  core::SimTime held_since = core::kNever;  ///< since when all conditions hold; kNever: they do not
  bool fired = false;
};

/// Tests every trigger in force that has not fired. One fires at the window's end when all conditions that it states
/// have held for `lasting`; it requests its switches and its notice, and calls a meeting under its renegotiation.
///
/// A date is compared with the window's end, so what it switches changes on that date, when that is a boundary; all
/// other conditions are read from the board at the window's start.
void watch_triggers(std::vector<TriggerState>& triggers, std::vector<RenegotiationState>& renegotiations,
                    const MarketView& view, core::SimTime start, core::SimTime end, PendingChanges& pending);

}  // namespace rackrate::market
