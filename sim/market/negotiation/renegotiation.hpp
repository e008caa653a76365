#pragma once
#include <string>
#include <vector>

#include "sim/market/primitives/hazard.hpp"
#include "sim/market/primitives/stock.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

struct PendingChanges;
struct MarketState;

/// State of a renegotiation clause.
struct RenegotiationState {
  std::string label;  ///< "contract/clause"
  Stock unmet;        ///< unserved share of the lab's load, accumulated over years
  HazardClock hazard;
  core::SimTime due = core::kNever;          ///< the sides meet at the end of the window that contains this date
  core::SimTime not_before = core::kAlways;  ///< of the next meeting: the last one failed
  bool agreed = false;                       ///< no meeting follows
};

/// Advances stocks and hazards over the window, and calls meetings: by chance, on the clause's date, over a version
/// that another contract's exclusive bars, or because the lab is about to run out of cash. Meetings that are due take
/// place at the window's end (renegotiate).
///
/// The hazard of a meeting is hazard x exp(unmet_slope x stock + outside_slope x outside), the stock as at the window's
/// start, `outside` the share of the lab's unserved load that barred hosts could take at once. Meetings by chance that
/// fall before `not_before` are lost.
void watch_renegotiations(std::vector<RenegotiationState>& states, const MarketView& view, core::SimTime start,
                          core::SimTime end);

/// Calls a meeting under a renegotiation clause, due from `due` on: at the first window's end at which the clause is in
/// force.
void call_meeting(std::vector<RenegotiationState>& states, const MarketView& view, const std::string& label,
                  core::SimTime due);

/// Of a lab's unserved load, the share that clouds to which its models are ported, and where no contract lets it run,
/// could serve with their spare capacity; 0 to 1.
[[nodiscard]] double outside_capacity(const MarketView& view, LabId lab, core::SimTime t);

/// Is an appraisal due at the end of this window: for a meeting, or as the clause's periodic test of stability?
[[nodiscard]] bool appraisal_due(const std::vector<RenegotiationState>& states, const CompiledScenario& compiled,
                                 core::SimTime start, core::SimTime end);

/// Holds the meetings that are due at `market.now`, the end of the window that began at `start`, and makes the periodic
/// appraisals.
///
/// The sides agree when opening has a joint gain above the clause's hurdle; disagreement is the status quo. What they
/// agree on becomes changes of the contracts: the clause's switches, and the payments, which run until its version
/// ends. A meeting that fails is followed by a time without meetings; one that agrees is the last. Order:  by label;
/// later meetings of one instant know what earlier ones agreed on.
void renegotiate(std::vector<RenegotiationState>& states, const MarketState& market, core::SimTime start,
                 PendingChanges& pending);

}  // namespace rackrate::market
