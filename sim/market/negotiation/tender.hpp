#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

struct PendingChanges;

/// A request that waits for the answer of the holder of a right of first refusal. By names: contracts may be restated
/// meanwhile.
struct TenderRequest {
  int number = 0;                   ///< of the tender's date
  core::SimTime asked, due;         ///< when it was sent to the holder, and the end of the time to answer
  std::string rival;                ///< the cloud with the best bid
  Money price;                      ///< of that bid, for an H100e-hour
  std::string contract, refusal;    ///< the right: contract and clause
  std::vector<std::string> waived;  ///< "contract/clause" of rights that were waived for this request before
};

/// Compute that a failed tender leaves unreserved for the term that it asked for.
struct TenderShortfall {
  std::int64_t h100e = 0;
  core::SimTime until;
};

/// State of a tender.
struct TenderState {
  std::string label;                    ///< "contract/clause"
  std::vector<int> held;                ///< numbers of the dates that were held
  std::vector<TenderRequest> requests;  ///< open, in the order in which they were asked
  std::vector<TenderShortfall> shortfalls;
};

/// Requests bids on the dates of every tender in force, offers the best one to the holder of a right of first refusal,
/// and awards. A date, or the end of a holder's time to answer, takes effect at the end of the first window that ends
/// on it or later. No tender is held before the first day has been cleared: until then free capacity is unknown.
/// Source: MODEL 5.4.
void watch_tenders(std::vector<TenderState>& tenders, const MarketView& view, core::SimTime start, core::SimTime end,
                   PendingChanges& pending);

/// What failed tenders still lack at t, by label.
[[nodiscard]] std::vector<TenderSignal> tender_signals(const std::vector<TenderState>& tenders, core::SimTime t);

}  // namespace rackrate::market
