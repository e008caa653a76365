#pragma once
#include <string>
#include <vector>

#include "sim/market/primitives/hazard.hpp"
#include "sim/market/primitives/stock.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

struct PendingChanges;
struct MarketState;

/// What a renegotiation clause remembers.
struct TalkState {
  std::string label;  ///< "contract/clause"
  Stock unmet;        ///< unserved share of the lab's load, gathered over years
  HazardClock chance;
  core::SimTime due = core::kNever;           ///< the sides meet at the end of the window that holds this date
  core::SimTime quiet_until = core::kAlways;  ///< not before this one: talks have failed lately
  bool agreed = false;                        ///< and so the talks are over
};

/// Lets stocks and hazards follow the window, and calls the sides to talks: by chance, on the clause's date, or over a
/// version that another contract's exclusive bars. Talks that fall due are held at the window's end, alone
/// (hold_talks).
///
/// The hazard of talks is hazard x exp(unmet_slope x stock + outside_slope x outside), the stock as at the window's
/// start, `outside` the share of the lab's unserved load that barred hosts could take at once. Talks by chance that
/// fall into the quiet time are lost.
void watch_talks(std::vector<TalkState>& talks, const MarketView& view, core::SimTime start, core::SimTime end,
                 PendingChanges& pending);

/// Calls the sides of a renegotiation clause to talks, due from `due` on: at the first window's end at which the clause
/// is in force.
void call_to_talks(std::vector<TalkState>& talks, const MarketView& view, const std::string& label, core::SimTime due);

/// Of a lab's unserved load, the share that clouds to which its models are ported, and where no contract lets it run,
/// could take with what they have to spare; 0 to 1.
[[nodiscard]] double outside_capacity(const MarketView& view, int lab, core::SimTime t);

/// Is there anything to appraise at the end of this window: talks, or the clause's periodic test of stability?
[[nodiscard]] bool appraises(const std::vector<TalkState>& talks, const CompiledScenario& compiled, core::SimTime start,
                             core::SimTime end);

/// Holds the talks that are due at `state.now`, the end of the window that began at `start`, and makes the periodic
/// appraisals.
///
/// The sides agree when opening has a joint gain above the clause's hurdle; disagreement is the status quo. What they
/// agree on becomes changes of the contracts: the clause's switches, and the payments, which run until its version
/// ends. Talks that fail are followed by a quiet period; those agreed are over for good. Order:  by label; later talks
/// of one instant know what earlier ones agreed on.
void renegotiate(std::vector<TalkState>& talks, const MarketState& state, core::SimTime start, PendingChanges& pending);

}  // namespace rackrate::market
