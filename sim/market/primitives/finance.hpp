#pragma once
#include <span>

#include "sim/core/sim_time.hpp"
#include "sim/market/primitives/money.hpp"

namespace rackrate::market {

/// The continuous rate ln(1 + r) of a yearly rate r. Throws: std::invalid_argument unless r > -1.
[[nodiscard]] double continuous_rate(double yearly_rate);

/// e^(-delta t), delta continuous per year, t in years (negative before the valuation date: above 1). Check F4.
[[nodiscard]] double discount_factor(double delta, double years);
/// The same between two dates; a year has 365.25 days.
[[nodiscard]] double discount_factor(double delta, core::SimTime valuation, core::SimTime when);

/// Present value of flows[i] at years[i]. Throws: std::invalid_argument if the lengths differ.
[[nodiscard]] double present_value(std::span<const double> flows, std::span<const double> years, double delta);

/// Present value of a flow that starts at `flow` a year and grows at the continuous rate `growth`, over `years`:
/// flow (e^((growth - delta) T) - 1)/(growth - delta). With growth 0 this is the annuity factor times flow.
[[nodiscard]] double present_value_of_flow(double flow, double growth, double years, double delta);

/// Straight-line depreciation from purchase to an age, exact in 1e-4 $: rounded down, all of the cost at the end of
/// life.
///
/// Postings are differences of this, so they never drift by more than a unit and their sum over the life is the cost:
/// the last one absorbs the rounding.
/// Throws: std::invalid_argument if the life is not positive. Check A13.
[[nodiscard]] Money depreciated(Money cost, core::SimDuration age, core::SimDuration life);

}  // namespace rackrate::market
