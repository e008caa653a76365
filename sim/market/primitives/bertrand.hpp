#pragma once
#include <optional>
#include <span>
#include <vector>

namespace rackrate::market {

/// A seller in a market of differentiated products whose choice probabilities are a logit in the logarithm of price.
struct ListSeller {
  double share = 0.0;  ///< choice probability at today's prices
  double cost = 0.0;   ///< of a unit, relative to today's price
  double kept = 1.0;   ///< part of the price that it keeps
};

/// Prices relative to today's at which no seller gains by another, the others' as they are.
struct ListEquilibrium {
  std::vector<double> price;
  double residual = 0.0;  ///< largest of |ln p - ln(e/(e - 1) cost/kept)|
  int steps = 0;          ///< of Newton's method
};

/// The Bertrand-Nash equilibrium of sellers of one product each:
///   p_i = e_i / (e_i - 1) x cost_i / kept_i,   e_i = elasticity (1 - s_i),   s_i ~ share_i p_i^-elasticity,
/// beside an outside option with the share that is left and a price that stays. Newton's method on the logarithms, with
/// the Jacobian I + elasticity^2 diag(1/(e (e - 1))) (diag s - s s'); a step that would leave the region e > 1, or not
/// lower the residual, is halved.
///
/// Returns: none where it does not come below 1e-10 within 50 steps, or where no price is finite.
/// Throws:  std::invalid_argument unless shares are positive and sum to less than 1, costs and kept parts are positive,
/// and
///          elasticity (1 - share) is above 1 for each.
/// Source:  Anderson, de Palma and Thisse (1992), ch. 7; Morrow and Skerlos (2011), Operations Research 59; MODEL 8.2.
[[nodiscard]] std::optional<ListEquilibrium> list_equilibrium(std::span<const ListSeller> sellers, double elasticity);

}  // namespace rackrate::market
