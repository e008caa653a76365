#pragma once
#include <vector>

#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// An order takes a week to reach a vendor (MODEL section 2).
inline constexpr core::SimDuration kOrderDelay = core::kDay * 7;

/// A chip maker: a backlog of orders in H100e and a monthly supply that is rationed over it.
struct VendorState {
  VendorId vendor;
  Table<CloudId, std::int64_t> backlog;  ///< H100e
  std::int64_t outside = 0;              ///< what the rest of the world ordered and did not get, H100e
  Grid<PoolId, ChipId, double> rest;     ///< units granted beyond the whole ones shipped, or short of them: next lots'
};

/// The vendor on the first day: its share of what each cloud had ordered before.
[[nodiscard]] VendorState first_vendor(const CompiledScenario& compiled, VendorId vendor);

/// All that is ordered of it and not shipped, H100e.
[[nodiscard]] std::int64_t total_orders(const VendorState& vendor);

/// Each month: supply of every chip in production times a keyed lognormal noise of mean one; rationed
/// over the backlog and the one exogenous buyer outside the model; what each cloud gets becomes one lot
/// per region and chip, shipped and paid at once, delivered after L_min + Gamma(k, theta), keyed by (cloud, region,
/// chip, month). Source: MODEL 3.4, 3.5; checks A3, A5.
void handle_vendor(VendorState& vendor, const MarketView& view, Context& context, const Event& event);

/// Vendors that ship at t, with a cloud's share of each in what it orders then: those of the scenario, scaled to one.
/// Where none ships, the shares of the scenario.
struct SiliconShare {
  VendorId vendor;
  double share = 0.0;
};
[[nodiscard]] std::vector<SiliconShare> silicon_on_sale(const CompiledScenario& compiled, const Cloud& cloud,
                                                        core::SimTime t);

/// Days for which an order placed at t waits at the vendor before it is shipped, as the vendor can quote them: until
/// what it plans to make, less what the rest of the world orders, has served what is ordered already. At most
/// two years; 0 while it ships nothing. Source: Little (1961): the wait is the queue over what leaves it.
[[nodiscard]] double quoted_wait_days(const CompiledScenario& compiled, VendorId vendor, std::int64_t orders_h100e,
                                      core::SimTime t);

/// Days from shipment to installation, mean.
[[nodiscard]] double mean_lead_days(const Vendor& vendor);
/// When a scripted lot that arrives then was shipped. One shipped before the start was paid before the start.
[[nodiscard]] core::SimTime shipped_at(const Parameters& parameters, VendorId vendor, core::SimTime arrives);
/// Units of a supply line in the month that begins at t, before noise.
[[nodiscard]] double planned_units(const SupplyLine& line, core::SimTime t);
/// Units per month of H100e-weighted supply, all chips of a vendor.
[[nodiscard]] double planned_h100e(const CompiledScenario& compiled, VendorId vendor, core::SimTime t);
/// $ per H100e of what a vendor ships at t (its mix), 0 when it ships nothing.
[[nodiscard]] double price_per_h100e(const CompiledScenario& compiled, VendorId vendor, core::SimTime t);
/// Years of life, weighted by H100e, of what a vendor ships at t.
[[nodiscard]] double life_per_h100e(const CompiledScenario& compiled, VendorId vendor, core::SimTime t);
/// Facility kW per H100e of what a vendor ships at t.
[[nodiscard]] double kw_per_h100e(const CompiledScenario& compiled, VendorId vendor, core::SimTime t);

}  // namespace rackrate::market
