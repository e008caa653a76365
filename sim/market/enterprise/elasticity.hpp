#pragma once
#include <string>
#include <vector>

#include "sim/market/enterprise/population.hpp"
#include "sim/market/view/market_view.hpp"

/// Price elasticities of demand as a run has them: not what a scenario states, but what follows from it.
namespace rackrate::market {

/// What is priced together.
enum class PricedBy : std::uint8_t { Lab, Offer };  ///< Offer: a lab through one channel

/// d ln Q_i / d ln P_k of the volume that enterprises would place at the prices, terms and contracts of the day.
struct Elasticities {
  std::vector<std::string> names;  ///< "lab", or "lab at channel", of what is sold; in order of alternatives
  std::vector<double> volume;      ///< work units per day of each
  std::vector<double> matrix;      ///< [i * size + k]: volume of i, price of k
};

/// By central differences of a hundredth in each price, over all workloads: of their choices, and of volume in answer
/// to its price and to what is offered. Adoption and pilots stay as they are.
///
/// `settled`: as if every workload chose afresh; otherwise each holds on to what it has, as in a review.
[[nodiscard]] Elasticities price_elasticities(const MarketView& view, Population population, PricedBy by, bool settled);

}  // namespace rackrate::market
