#pragma once
#include <span>
#include <vector>

namespace rackrate::market {

/// One seller in a market whose shares on the first day are known.
struct SharedSeller {
  double first = 0.0;    ///< its quantity on the first day
  double utility = 0.0;  ///< change of a buyer's utility since then
  int nest = 0;          ///< sellers that are alike
};

/// A nested logit that starts at known shares: the first day's are its taste constants.
///
/// nest:    I_n = lambda ln( sum over its sellers of s0 / s0_n exp(u / lambda) )
/// market:  I = ln( sum of s0_n exp(I_n) ), share of a nest s0_n exp(I_n - I)
/// Where all utilities change alike, no share moves and I is that change.
/// Source:  McFadden (1978); shares calibrated as in CES models of trade.
struct NestedShares {
  std::vector<double> share;  ///< of the market, by seller
  double inclusive = 0.0;     ///< I
};
/// Throws: std::invalid_argument unless 0 < lambda <= 1. A market without any first quantity has shares of 0.
[[nodiscard]] NestedShares nested_shares(std::span<const SharedSeller> sellers, double lambda);

}  // namespace rackrate::market
