#pragma once
#include <cstdint>
#include <vector>

#include "sim/market/exchange/demand.hpp"

/// Contract terms that steer the flow network: capacity set aside for a lab, and hosts a lab is to prefer. Without such
/// a clause the network is what it would be without this file.
namespace rackrate::market {

struct Exchange;
struct Window;

/// Reservations and primary hosts in force at t, in order of (beginning, label): who reserved first is served first.
void find_capacity_terms(const CompiledScenario& compiled, core::SimTime t, DemandTable& table);
/// May the class use what was reserved: the lab's own work, paid by who pays for the reservation.
[[nodiscard]] bool may_use(const PaymentClause& reservation, const DemandClass& c);
/// The primary clause that owes this class's host a least share, as an index into DemandTable::primaries; -1: none.
[[nodiscard]] int primary_of(const CompiledScenario& compiled, const DemandTable& table, const DemandClass& c,
                             bool least_share);

/// Compute reserved at t, whole H100e; megawatts of a chip become H100e by the chip's figures.
[[nodiscard]] std::int64_t reserved_h100e(const CompiledScenario& compiled, const PaymentClause& reservation,
                                          core::SimTime t);
/// What a reservation still costs from t to its end, at its price. Units: 1e-4 $.
[[nodiscard]] std::int64_t reservation_left(const CompiledScenario& compiled, const PaymentClause& reservation,
                                            core::SimTime t);

/// Sets the network's pool capacities: each reservation takes its part of the host's pools, by what is free there (of
/// its chip, where it names one), and the rest is open to all. Fills Window::reservations and pool_open_capacity.
void set_capacities(Exchange& exchange, const MarketView& view, Window& window);
/// Sets the network's demands: a class under a least share is two, of which one prefers the primary host.
void set_demands(Exchange& exchange, const MarketView& view, const Window& window);
/// Sets the arc costs: serving cost times the host's price index, less what a primary host is preferred by, and far
/// less for reserved capacity, which is paid for anyway.
void set_costs(Exchange& exchange, const MarketView& view);
/// Volume at primary hosts and what is missing to their least shares. Fills Window::primaries.
void measure_primaries(Exchange& exchange, const MarketView& view, Window& window);

}  // namespace rackrate::market
