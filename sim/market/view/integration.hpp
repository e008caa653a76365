#pragma once
#include <cstdint>

#include "sim/market/regime/access.hpp"
#include "sim/market/view/market_view.hpp"
#include "sim/market/vocabulary/items.hpp"

/// How deep a channel integrates a lab's models: a closed list of items, each of which ships on a day of its own. The
/// days are drawn by the names of lab, channel and item, counted from general availability, so all arms have the same.
namespace rackrate::market {

/// When each item ships to the buyers of one cell. What was always generally available has all that its channel does
/// not miss. With a preview come only the items that ship with the listing.
[[nodiscard]] ByItem<core::SimTime> ship_dates(const MarketView& view, const Alternative& alternative,
                                               const Access& access);
[[nodiscard]] ItemSet missing_at(const ByItem<core::SimTime>& dates, core::SimTime t);
/// The weighted share of items that are not missing, 0 to 1.
[[nodiscard]] double integration_depth(const IntegrationParameters& p, ItemSet missing);
/// Whole quarters of it.
[[nodiscard]] std::uint8_t depth_quarters(double depth);
/// The share of the controls that are not missing, 0 to 1.
[[nodiscard]] double control_score(ItemSet missing);

// What work needs

/// Probability that a workload of the segment and product needs the item.
[[nodiscard]] double need_probability(const Parameters& p, const Segment& segment, Product product, Item item);
/// Probability that its production demands at least so many quarters of depth.
[[nodiscard]] double demand_probability(const IntegrationParameters& p, Product product, int quarters);
/// What one workload needs.
struct Needs {
  ItemSet items;
  std::uint8_t least_depth = 0;  ///< that its production demands, in quarters; 0 of most
};
[[nodiscard]] Needs draw_needs(const MarketView& view, const Segment& segment, Product product,
                               core::EntityKey workload);

}  // namespace rackrate::market
