#pragma once
#include <optional>

#include "sim/market/negotiation/appraisal.hpp"
#include "sim/market/primitives/bargain.hpp"

namespace rackrate::market {

struct PendingChanges;

/// What the two sides of a resale gain by it in a day, as lines in the rate that the channel keeps: over a day on which
/// the channel does not sell the lab's models, while every other contract and every price stays as it is.
struct ResaleGains {
  GainLine channel, lab;  ///< $ a day of the channel's firm, of the lab's
  [[nodiscard]] double joint() const { return channel.at_zero + lab.at_zero; }
};

/// Is any resale to be bargained over at the end of the window [start, end): did a clause begin in it whose rate is
/// settled by bargaining, or did a renewal fall into it? What was in force when the run began keeps its rate until a
/// renewal.
[[nodiscard]] bool resale_talks_due(const CompiledScenario& compiled, core::SimTime start, core::SimTime end);

/// Holds the talks that are due at `market.now`, the end of the window that began at `start`. The two have the rate of
/// the Nash bargain (primitives/bargain.hpp) in force from then on; where no rate within the clause's bounds leaves
/// both a gain, the old one goes on. All talks of one instant know the same rates: nobody believes that another pair's
/// changes with its own (Nash-in-Nash).
///
/// The gains are those of one day of the static appraisal, with a smaller sample: a change of the rate moves money and
/// no demand, so a second settlement of the same day gives the slopes, whatever other clauses do with the revenue.
/// Order:   by label.
/// Source:  Horn and Wolinsky (1988), RAND J. Econ. 19, 408-419; MODEL 8.5.
void hold_resale_talks(const MarketState& market, core::SimTime start, PendingChanges& pending);

}  // namespace rackrate::market
