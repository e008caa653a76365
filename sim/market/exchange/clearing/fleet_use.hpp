#pragma once
#include <vector>

#include "sim/market/exchange/clearing/demand.hpp"
#include "sim/market/view/notice.hpp"

/// What a fleet does beside the work of the labs: the firm's own products, and AI customers beyond the labs. They are
/// two classes of demand for each cloud, with a value of their own, and compete with the labs for its capacity.
namespace rackrate::market {

struct Allocation;
struct Load;

/// Compute wanted at t, H100e.
///
/// own products   first day x level(t) x (own cost of an hour, of that on the first day)^-price_elasticity
/// customers      all clouds' first day x level(t) x (price index of the market)^-volume_elasticity, by the shares of a
///                nested logit in price and wait that starts at the shares of the first day; an entrant, while it
///                sells, is one choice more
struct WantedFleetUse {
  Table<CloudId, double> own, customers;
  Table<CloudId, double> latent;  ///< beyond that of a cloud that must enter, had it the capacity; empty: there is none
};
[[nodiscard]] WantedFleetUse wanted_fleet_use(const MarketView& view, core::SimTime t,
                                              const Table<CloudId, double>& first_cost);
/// What an H100e-hour of each cloud's fleet costs on the first day, $: energy, operations and depreciation of what
/// runs.
[[nodiscard]] Table<CloudId, double> first_costs(const CompiledScenario& compiled);

/// Adds the classes of every cloud that has such a use on the first day.
void add_fleet_uses(const MarketView& view, Table<ClassId, DemandClass>& classes);
/// The load of these classes. A cloud that keeps a headroom takes new orders of customers only as far as they leave it
/// free: they run what they ran, and get what is free or newly runs beyond it. What they want besides waits.
void load_fleet_uses(const MarketView& view, core::SimTime t, const DemandTable& table, Load& load);
/// Says at a month's end which clouds begin to turn orders away, and which take them again.
/// `refusing` keeps which do.
void tell_orders(const MarketView& view, core::SimTime t, const DemandTable& table, const Load& load,
                 const Allocation& allocation, Table<CloudId, std::uint8_t>& refusing, std::vector<Notice>& notices);

}  // namespace rackrate::market
