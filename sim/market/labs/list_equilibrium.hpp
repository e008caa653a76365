#pragma once
#include <string>

#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// A lab's list by prices.rule = "bertrand": its price in the Bertrand-Nash equilibrium of all labs' lists
/// (primitives/bertrand.hpp) at today's shares of channel sales, margins and compute costs, by at most prices.clip a
/// review. A lab that sells nothing yet, or keeps nothing of what it sells, keeps its list, and so do all where none is
/// found.
struct ReviewedList {
  double price_index = 1.0;
  std::string notice;  ///< the residual, or why the list stays
};
[[nodiscard]] ReviewedList bertrand_list(const MarketView& view, LabId lab);

}  // namespace rackrate::market
