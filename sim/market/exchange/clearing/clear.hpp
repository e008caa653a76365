#pragma once
#include <cstdint>

#include "sim/market/exchange/clearing/hosting_limits.hpp"
#include "sim/market/exchange/clearing/load.hpp"
#include "sim/market/exchange/clearing/network.hpp"
#include "sim/market/exchange/interval.hpp"
#include "sim/market/exchange/terms/capacity_terms.hpp"

/// Step 2 of 5: which class is served where.
namespace rackrate::market {

/// What a class got.
struct ClassService {
  std::int64_t served = 0;  ///< whole H100e
  double fill = 1.0;        ///< served share; 1 when nothing was wanted
  HostSet hosts;            ///< where it was served
};

/// Leased capacity of one pool that was used, whole H100e.
struct LentUse {
  std::int64_t used = 0, interactive = 0;  ///< interactive: the part of it that is interactive load
};

/// Compute that was served, whole H100e.
struct Allocation {
  Table<ClassId, ClassService> classes;
  Grid<ClassId, CloudId, std::int64_t> by_host;
  Grid<ClassId, CloudId, std::int64_t> reserved;            ///< the part of it that ran on what its payer had reserved
  Table<PoolId, std::int64_t> served, interactive;          ///< interactive: the part of it that is interactive load
  Table<PoolId, std::int64_t> own_use, customers;           ///< of what was served
  Table<PoolId, std::int64_t> open;                         ///< capacity that interactive load may use
  Table<NodeId, std::int64_t> node_idle, node_interactive;  ///< of a part of a pool: unused, and interactive load
  Table<PoolId, std::int64_t> lost_at_peaks;  ///< interactive load turned away although its mean would fit
  Table<LabId, std::size_t> training_places;  ///< pools that train for the lab
  Table<PoolId, Money> rent;                  ///< scarcity rent of an H100e-hour
  Table<ReservationId, ReservationUse> reservations;
  Table<LeasePairId, LeaseUse> leases;
  Table<LentPartId, LentUse> lent;
  Table<PrimaryId, PrimaryShare> primaries;
  Grid<LabId, CloudId, SpreadCost> spread;  ///< empty where no share of a supplier has a price
};

/// Min-cost flow of load to capacity; scarcity rents by pool (MODEL 9.1). Fills in the network's quantities and costs
/// and solves it.
[[nodiscard]] Allocation clear(const MarketView& view, const Interval& interval, const Load& load, Network& network);

}  // namespace rackrate::market
