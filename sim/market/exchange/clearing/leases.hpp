#pragma once
#include <vector>

#include "sim/market/exchange/interval.hpp"
#include "sim/market/exchange/terms/lease_terms.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/view/notice.hpp"

/// The wholesale market: at the end of a month clouds with idle capacity lease it to clouds that turned load away.
namespace rackrate::market {

struct Allocation;
struct DemandTable;
struct Load;

/// H100e-hours of the running month.
struct LeaseMonth {
  Table<CloudId, double> idle;      ///< left in what is the cloud's own and not reserved
  Table<CloudId, double> short_of;  ///< turned away that the cloud might have served
  double hours = 0.0;
};

/// What the exchange keeps of the wholesale market.
struct LeaseBook {
  std::vector<Lease> leases;  ///< signed and not over, in the order of signing
  LeaseMonth month;
};

/// Counts what the interval left idle and turned away. What a class was not served would have been served by the first
/// of its hosts in the lab's own order. What a ramp alone withholds was not turned away: where a class was not served
/// and a place that it may use is idle, a unit of the one counts for a unit of the other, class by class.
void count_month(const MarketView& view, const Interval& interval, const Load& load, const DemandTable& table,
                 const Allocation& allocation, LeaseMonth& month);

/// Price of an H100e-hour: the lessor's own cost and its part of what the two gain, the lessee's list price less that
/// cost. Nash's bargain; without a lease either gains nothing.
[[nodiscard]] double lease_price(double cost, double list_price, double weight);

/// Signs leases from `start` on, and lets go of those that have ended. Offered is a share of what each cloud had idle
/// on average, wanted what it turned away. The cheapest lessor and the lessee with the dearest list come first (at
/// equal prices in the order of the list of clouds), as long as there is something to gain between them.
[[nodiscard]] std::vector<Lease> new_leases(const MarketView& view, const LeaseMonth& month, core::SimTime start);
void review_leases(const MarketView& view, core::SimTime start, LeaseBook& book, std::vector<Notice>& notices);

}  // namespace rackrate::market
