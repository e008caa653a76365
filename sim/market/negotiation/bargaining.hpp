#pragma once
#include <string>
#include <vector>

#include "sim/market/negotiation/appraisal.hpp"

namespace rackrate::market {

/// What a renegotiation clause would bring its two sides, and on what terms they would agree.
struct Deal {
  double usd_per_year = 0.0;                        ///< joint gain of the lab and the host
  std::vector<contracts::ContractChange> switches;  ///< what the clause says is switched
  std::vector<AgreedPayment> payments;              ///< so that the gain is shared by the clause's weight
};

/// Weighs the contracts as they stand against the same with the clause's switches done.
///
/// Each rival that hosts or sells something more of the lab's models in the open market bargains with the lab over it:
/// the Nash-in-Nash transfer, disagreement being the open market without that. The cloud has the clause's weight there
/// too (an assumption). What it would pay counts in the pair's gain, and is therefore paid when the two agree: a flow
/// from the rival to the lab, posted under the clause beside what the host is paid or pays. A rival that would have to
/// be paid is not. All payments are constant flows and not sums: with one discount rate for both sides an annuity
/// factor would multiply every term of the bargain alike. They are fixed here and are not appraised again.
///
/// `so_far`: changes found in the same window, which the weighing takes for granted.
/// Source:  MODEL 8.5 (primitives/bargain.hpp).
[[nodiscard]] Deal weigh_opening(const MarketState& state, const std::vector<contracts::ContractChange>& so_far,
                                 const PaymentClause& clause);

}  // namespace rackrate::market
