#pragma once
#include "sim/market/regime/parameters.hpp"

namespace rackrate::market {

/// A seller's price index after a review, by the scenario's rule (MODEL 8.1): `utilisation` is demand over what is for
/// sale. Between kLeastPriceIndex and kMostPriceIndex.
[[nodiscard]] double reviewed_index(const PriceParameters& prices, double index, double target, double utilisation);

/// What is left at a review of the part of a list that use has made of it: 1 - markup_reversion of its logarithm a
/// quarter.
[[nodiscard]] double kept_markup(const PriceParameters& prices, double markup);

/// What is posted of a list: the nearest step of prices.posted_step, by which all decide and all pay. The list itself
/// moves underneath.
[[nodiscard]] double posted_index(const PriceParameters& prices, double index);

/// Months between two reviews of a seller: three, or one where lists move smoothly.
[[nodiscard]] double review_months(const PriceParameters& prices);

}  // namespace rackrate::market
