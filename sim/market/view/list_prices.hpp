#pragma once
#include "sim/market/regime/parameters.hpp"

namespace rackrate::market {

/// A seller's price index after a review, by the scenario's rule (MODEL 8.1): `utilisation` is demand over what is for
/// sale. Between kLeastPriceIndex and kMostPriceIndex.
[[nodiscard]] double reviewed_index(const PriceParameters& prices, double index, double target, double utilisation);

/// Months between two reviews of a seller: three, or one where lists move smoothly.
[[nodiscard]] double review_months(const PriceParameters& prices);

}  // namespace rackrate::market
