#pragma once
#include <string>
#include <vector>

#include "sim/market/primitives/hazard.hpp"
#include "sim/market/primitives/stock.hpp"
#include "sim/market/scene.hpp"

namespace rackrate::market {

struct Findings;

/// What a renegotiation clause remembers.
struct TalkState {
  std::string label;                       ///< "contract/clause"
  Stock unmet;                             ///< unserved share of the lab's load, gathered over years
  HazardClock chance;
  core::SimTime due = core::kNever;        ///< the sides meet at the end of the window that holds this date
  bool agreed = false;
};

/// Lets stocks and hazards follow the window; talks that fall due are held at its end, alone (hold_talks).
void watch_talks(std::vector<TalkState>& talks, const Scene& scene, core::SimTime start, core::SimTime end, Findings& findings);

}  // namespace rackrate::market
