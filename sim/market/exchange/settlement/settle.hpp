#pragma once
#include <span>
#include <vector>

#include "sim/market/exchange/clearing/clear.hpp"
#include "sim/market/exchange/finance/capital.hpp"
#include "sim/market/exchange/ledger/accounts.hpp"
#include "sim/market/exchange/ledger/entry.hpp"
#include "sim/market/view/notice.hpp"

/// Step 3 of 5: all payments of the interval.
namespace rackrate::market {

/// The input of settlement.
struct SettlementInput {
  const MarketView& view;
  const Interval& interval;
  const DemandState& demand;
  const DemandTable& table;
  const SettlementTerms& terms;
  const Load& load;
  const Allocation& allocation;
  const Capital& capital;
  const std::vector<core::SimTime>& cleared;  ///< starts of the intervals before
  std::span<const Lease> leases = {};         ///< between clouds
};

/// When a clause acted; the recorder keeps the first time.
struct ClauseDate {
  LabelId label;
  core::SimTime time;
};

struct Settlement {
  std::vector<Entry> entries;        ///< in order of posting
  Receipts receipts;                 ///< as clauses on money see them
  Table<PartyId, Money> profit;      ///< earned less paid, capital not counted
  Table<LabelId, ClauseFact> lines;  ///< this interval's line of every label's statement; `clause` none: no line
  std::vector<Notice> notices;
  std::vector<ClauseDate> acted;
};

/// Every payment of the interval (MODEL section 10). Posts nothing: the caller posts `entries` (books.hpp).
/// Changes the running accounts of clauses and commitments, and nothing else.
[[nodiscard]] Settlement settle(const SettlementInput& input, Accounts& accounts);

}  // namespace rackrate::market
