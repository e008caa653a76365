#pragma once
#include "sim/market/vocabulary/items.hpp"

namespace rackrate::market {

/// One of the items by which a channel integrates a lab's models.
struct ItemParameters {
  double weight = 1.0;  ///< in the depth of a channel
  double lag_days = 180.0;
  double with_listing = 0.3;  ///< probability that it ships with the listing; else after `lag_days`, exponential
  double needed = 0.0, needed_by_agents = 0.0;  ///< probabilities that a workload needs it
};

/// How deep channels integrate, and what work needs of that (view/integration.hpp).
struct IntegrationParameters {
  ByItem<ItemParameters> items;
  double crossing_cost = 0.0;                      ///< of the price, for each item that is needed and missing
  double crossing_wear = 0.0;                      ///< share of the cost of leaving that each of them takes away
  double demanding = 0.0, demanding_agents = 0.0;  ///< probabilities that production demands a least depth
};

}  // namespace rackrate::market
