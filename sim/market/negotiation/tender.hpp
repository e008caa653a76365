#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

struct PendingChanges;

/// A request that waits for the holder of a right of first refusal. By names: contracts may be restated meanwhile.
struct TenderRequest {
  int number = 0;                   ///< of the tender's date
  core::SimTime asked, due;         ///< when it was put to the holder, and until when that one may answer
  std::string rival;                ///< the cloud with the best bid
  std::int64_t price = 0;           ///< of that bid, 1e-4 $ per H100e-hour
  std::string contract, refusal;    ///< the right: contract and clause
  std::vector<std::string> waived;  ///< "contract/clause" of rights that were waived for this request before
};

/// What failed: nobody reserves it for as long as it was asked for.
struct TenderShortfall {
  std::int64_t h100e = 0;
  core::SimTime until;
};

/// What a tender remembers.
struct TenderState {
  std::string label;                    ///< "contract/clause"
  std::vector<int> held;                ///< numbers of the dates that were held
  std::vector<TenderRequest> requests;  ///< open, in the order in which they were asked
  std::vector<TenderShortfall> shortfalls;
};

/// Asks for bids on the dates of every tender in force, puts the best one to the holder of a right of first refusal,
/// and awards. A date, or the end of a holder's time, is acted on at the end of the first window that ends on it or
/// later. Nothing is asked before the first day has been cleared: until then nobody knows what is free. Source:
/// MODEL 5.4.
void watch_tenders(std::vector<TenderState>& tenders, const MarketView& view, core::SimTime start, core::SimTime end,
                   PendingChanges& pending);

/// What failed tenders are short of at t, by label.
[[nodiscard]] std::vector<TenderSignal> tender_signals(const std::vector<TenderState>& tenders, core::SimTime t);

}  // namespace rackrate::market
