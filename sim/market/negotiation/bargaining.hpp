#pragma once
#include <string>
#include <vector>

#include "sim/market/negotiation/appraisal.hpp"

namespace rackrate::market {

/// The joint gain of the two sides of a renegotiation clause, and the terms on which they would agree.
struct Deal {
  double usd_per_year = 0.0;                        ///< joint gain of the lab and the host
  std::vector<contracts::ContractChange> switches;  ///< of the clauses that the renegotiation switches on and off
  std::vector<AgreedPayment> payments;              ///< so that the gain is shared by the clause's weight
};

/// Compares the contracts as they are (the status quo) with the same after the clause's switches (opened).
///
/// Each rival that hosts or sells something more of the lab's models in the opened market bargains with the lab over
/// it: the Nash-in-Nash transfer, where disagreement is the opened market without that. The cloud has the clause's
/// weight there too (an assumption). What the rival would pay counts in the pair's gain, and is therefore paid when the
/// two agree: a flow from the rival to the lab, posted under the clause beside what the host receives or pays. No rival
/// is paid to enter. All payments are constant flows and not sums: with one discount rate for both sides an annuity
/// factor would multiply every term of the bargain alike. They are fixed here and are not appraised again.
///
/// `earlier`: changes found in the same window, which both sides of the comparison contain.
/// Source:  MODEL 8.5 (primitives/bargain.hpp).
[[nodiscard]] Deal appraise_opening(const MarketState& state, const std::vector<contracts::ContractChange>& earlier,
                                    const PaymentClause& clause);

}  // namespace rackrate::market
