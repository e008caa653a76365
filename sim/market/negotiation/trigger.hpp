#pragma once
#include <string>
#include <vector>

#include "sim/market/negotiation/talks.hpp"
#include "sim/market/primitives/hazard.hpp"
#include "sim/market/scene.hpp"

namespace rackrate::market {

struct Findings;

/// What a trigger remembers.
struct TriggerState {
  std::string label;                       ///< "contract/clause"
  HazardClock chance;                      ///< of an event that comes at a rate
  bool happened = false;                   ///< that event
  core::SimTime held_since = core::kNever; ///< since when all conditions hold; kNever: they do not
  bool fired = false;
};

/// Looks at the conditions of every trigger in force; one that fires asks for its switches, its notice or its talks.
void watch_triggers(std::vector<TriggerState>& triggers, std::vector<TalkState>& talks, const Scene& scene, core::SimTime start, core::SimTime end, Findings& findings);

}  // namespace rackrate::market
