#pragma once
#include "sim/market/regime/compiled_scenario.hpp"

/// Buyers of chips beyond the clouds of the scenario, as one: enterprises, states, clouds that are not in it.
namespace rackrate::market {

/// What they order of a vendor in the month that begins at t, H100e, before what moves all demand. `share`:
/// `outside_share` of what is made. `path`: that share on the first day (of the first month in which anything is made),
/// and from then on outside_growth.level(years) x (price of an H100e / its first)^-outside_price_elasticity of it,
/// whatever is made.
[[nodiscard]] double outside_h100e(const CompiledScenario& compiled, VendorId vendor, core::SimTime t);

}  // namespace rackrate::market
