#pragma once
#include <string>
#include <vector>

#include "sim/market/scene.hpp"

namespace rackrate::market {

struct Findings;

/// What a tender remembers.
struct TenderState {
  std::string label;                       ///< "contract/clause"
};

/// Asks for bids on the dates of every tender in force, puts the best one to the holder of a right of first refusal,
/// and awards.
void watch_tenders(std::vector<TenderState>& tenders, const Scene& scene, core::SimTime start, core::SimTime end, Findings& findings);

}  // namespace rackrate::market
