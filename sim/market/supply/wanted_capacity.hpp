#pragma once
#include "sim/market/primitives/capacity_npv.hpp"
#include "sim/market/supply/headquarters.hpp"

namespace rackrate::market {

inline constexpr double kQuarterYears = 0.25;

/// Compute and power of the cloud as its pools published them.
struct PublishedFleet {
  double installed = 0.0, received = 0.0, energised_kw = 0.0, delivered_kw = 0.0, used_kw = 0.0, unpowered = 0.0;
  bool power_binds = false;
};

[[nodiscard]] PublishedFleet published_fleet(const MarketView& view, const Headquarters& hq);

/// The cloud's mix of new chips, by the shares of its vendors.
struct ChipMix {
  double price = 0.0;       ///< $ per H100e
  double kw = 0.0;          ///< facility kW per H100e
  double lead_days = 0.0;   ///< from order to delivery, mean
  double life_years = 0.0;  ///< mean
};

[[nodiscard]] ChipMix chip_mix(const CompiledScenario& compiled, const Cloud& cloud, core::SimTime now);
/// $ that an H100e-hour of capacity bought now costs its cloud: wear of chips and site, energy, operations. 0 while no
/// vendor of its silicon ships.
[[nodiscard]] double cost_of_new_hour(const CompiledScenario& compiled, const Cloud& cloud, core::SimTime now);
/// $ that a megawatt of facility power costs with the chips that it takes, built now; 0 while no vendor of its silicon
/// ships.
[[nodiscard]] double cost_of_new_megawatt(const Cloud& cloud, const ChipMix& mix);
/// An H100e of new capacity as an investment, at this multiple of the cloud's list and so much of its time in use. What
/// stands idle costs as much to run.
[[nodiscard]] MarginalUnit marginal_unit(const Cloud& cloud, const ChipMix& mix, double price_index,
                                         double utilisation = 1.0);
/// A part of an order placed now: the vendor, its share, when it is expected to be shipped, and paid, and its price.
/// It is shipped after the vendor's wait, the order's own delay and half a month until the vendor allocates.
struct ChipPayment {
  VendorId vendor;
  double share = 0.0;
  core::SimTime due;
  double usd_per_h100e = 0.0;
  core::SimTime unqueued;  ///< when it would be shipped had the vendor no queue
};
[[nodiscard]] std::vector<ChipPayment> chip_payments(const MarketView& view, const Cloud& cloud, core::SimTime now);
/// Days for which an order waits at the cloud's vendors, by what they quote (vendor.hpp).
[[nodiscard]] double order_wait_days(const MarketView& view, const Cloud& cloud, core::SimTime now);
/// The forecast before its first observation: its gains by review, and the trend that the scenario states.
[[nodiscard]] Holt first_forecast(const Cloud& cloud);
/// Quarters between two investment reviews.
[[nodiscard]] double review_quarters(const CapitalRule& rule);
/// The share of a gap that one review closes, so that a quarter closes kappa.
[[nodiscard]] double closed_share(const CapitalRule& rule);

[[nodiscard]] core::SimDuration review_interval(const CapitalRule& rule);
/// What a review orders: what the forecast says that one interval adds to what is missing, and the share of what is
/// missing beyond that, more or less. In steady growth an owner with a right forecast is never short or long of what
/// it wants; a gap that nobody expected closes by the share at every review.
/// Source: Eisner and Strotz (1963), quadratic costs of adjustment, with a target that grows.
[[nodiscard]] double adjusted_order(double missing, double expected, double share);

/// Installed and on order on the first day, H100e, had the cloud reviewed by its rule before and demand grown as it
/// expects: what the rule wants at what runs then, with no wait at vendors, less what half an interval adds, as its
/// last review lies so far back on average.
[[nodiscard]] double first_position(const CompiledScenario& compiled, CloudId cloud);

/// Takes the demand of a review into the forecast.
void observe(Headquarters& hq, double demand);

/// Demand that the cloud's rule expects after this time, no farther ahead than its horizon, H100e.
[[nodiscard]] double expected_demand(const Headquarters& hq, const Cloud& cloud, core::SimTime now,
                                     core::SimDuration ahead);

/// H100e to order, budget aside.
struct WantedOrder {
  double missing = 0.0;  ///< after what is installed and on its way when what is about to retire has gone
  double asked = 0.0;    ///< adjusted_order of that; at least 0
  double housed = 0.0;   ///< no more of it than there will be power for
};
[[nodiscard]] WantedOrder wanted_order(const Headquarters& hq, const MarketView& view, const PublishedFleet& fleet,
                                       const ChipMix& mix, core::SimTime now);
/// H100e that there will be power for when an order of now has arrived, by the firm's own schedule of its sites, beside
/// what runs then, waits or is on its way.
[[nodiscard]] double housed_order(const Headquarters& hq, const MarketView& view, const PublishedFleet& fleet,
                                  const ChipMix& mix, core::SimTime now);
/// Power that the forecast needs beyond what is energised and on its way, kW. A fleet that the money not yet committed
/// until then cannot buy needs none.
[[nodiscard]] double power_gap_kw(const Headquarters& hq, const MarketView& view, const PublishedFleet& fleet,
                                  const ChipMix& mix, double money, core::SimTime now);

}  // namespace rackrate::market
