#pragma once
#include <cstdint>
#include <optional>

#include "sim/market/exchange/clearing/demand.hpp"

/// Contract terms that shape the flow network: capacity set aside for a lab, and hosts a lab prefers. Without such a
/// clause nothing here changes the network.
namespace rackrate::market {

struct Load;
struct Allocation;

/// A reservation in an interval, whole H100e.
struct ReservationUse {
  PaymentClauseId clause;
  std::int64_t asked = 0;      ///< reserved
  std::int64_t delivered = 0;  ///< of it
  std::int64_t used = 0;       ///< by the lab
};

/// A primary host in an interval, whole H100e of the lab's volume.
struct PrimaryShare {
  PaymentClauseId clause;
  std::int64_t served = 0;   ///< anywhere
  std::int64_t at_host = 0;  ///< of it
  std::int64_t missing = 0;  ///< to the least share
};

/// Reservations and primary hosts in force at t, in order of (beginning, label): who reserved first is served first.
void find_capacity_terms(const CompiledScenario& compiled, core::SimTime t, DemandTable& table);
/// May the class use what was reserved: the lab's own work, paid by who pays for the reservation.
[[nodiscard]] bool may_use(const PaymentClause& reservation, const DemandClass& c);
/// The primary clause that owes this class's host a least share (or else: that prefers its host), or none.
[[nodiscard]] PrimaryId primary_of(const CompiledScenario& compiled, const DemandTable& table, const DemandClass& c,
                                   bool least_share);

/// Compute reserved at t, whole H100e; megawatts of a chip become H100e by the chip's figures.
[[nodiscard]] std::int64_t reserved_h100e(const CompiledScenario& compiled, const PaymentClause& reservation,
                                          core::SimTime t);
/// What a reservation still costs from t to its end, at its price. None: it has no end.
[[nodiscard]] std::optional<Money> reservation_left(const CompiledScenario& compiled, const PaymentClause& reservation,
                                                    core::SimTime t);

/// The chip that the reservation names, or none.
[[nodiscard]] ChipId reserved_chip(const CompiledScenario& compiled, const PaymentClause& reservation);

/// Capacity of an interval, before anything is served.
struct Capacity {
  Table<PoolId, std::int64_t> open;  ///< what interactive load may use at any hour
  Table<ReservationId, ReservationUse> reservations;
  Table<LeasePairId, LeaseUse> leases;
};
/// Sets the network's pool capacities: each reservation takes its part of the host's pools, by what is free there (of
/// its chip, where it names one), leases to other clouds take theirs of what is left, and the rest is open to all.
[[nodiscard]] Capacity set_capacities(const MarketView& view, core::SimTime t, DemandTable& table);
/// Sets the network's demands: a class under a least share is two, of which one prefers the primary host.
void set_demands(const CompiledScenario& compiled, const Load& load, DemandTable& table);
/// The terms of every arc, once its classes, nodes and preferring parts are known.
void find_arc_terms(const CompiledScenario& compiled, DemandTable& table);
/// Sets the arc costs: serving cost times the host's price index, of committed compute times the probability that it is
/// not free; less the preference for a primary host, and much lower for reserved capacity, which is paid for in any
/// case. Changes only what moved: all arcs when a price index did, else those of the committed pairs whose probability
/// did.
void set_costs(const MarketView& view, DemandTable& table);
/// Volume at primary hosts and what is missing to their least shares.
[[nodiscard]] Table<PrimaryId, PrimaryShare> primary_shares(const CompiledScenario& compiled, const DemandTable& table,
                                                            const Allocation& allocation);

}  // namespace rackrate::market
