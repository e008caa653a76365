#pragma once

/// Money in choice and volume: what buyers spend as prices change, and what a better offer is worth to them.
namespace rackrate::market {

/// Volume relative to that at the reference price: (P / P_ref)^-eta. 1 where either is not above 0.
[[nodiscard]] double price_response(double price, double reference, double eta);

/// Surplus over the outside option per dollar spent, of a buyer for whom the outside option's prices would have to be
/// e^-gap of what they are to be as good as the offers.
///
/// With utilities v_j = delta_j - eps ln P_j and G the generator of a GEV model, the price index is G^(-1/eps) and
/// gap = (ln G - v_outside) / eps. A buyer who spends E(index) = A index^(1 - eta) has the indirect utility
/// -A index^(1 - eta) / (1 - eta), from which Roy's identity gives the demand P_j E / P_j for each offer; the surplus
/// is its difference between both ends, (1 - e^(-(eta - 1) gap)) / (eta - 1) times what is spent now, and `gap` itself
/// at eta = 1, where spending is constant. It is at most 1 / (eta - 1) where eta > 1.
///
/// Units:   `gap` in natural logarithms of a price; the result in dollars per dollar, at most 1e4.
/// Source:  Anderson, de Palma and Thisse (1992), Discrete Choice Theory of Product Differentiation, chapter 3.
[[nodiscard]] double surplus_per_dollar(double gap, double eta);

/// What a fall of the price index from e^gap to 1 is worth to a buyer with a fixed budget, as a part of the budget: the
/// compensating variation 1 - e^-gap, at most all that is spent; of a rise (gap < 0) what would make it good.
[[nodiscard]] double compensating_share(double gap);

/// Mean utility over the outside option, in units of the shocks' scale, of those who do not choose it. `gap` = ln G -
/// v_outside is the mean of all; who chooses the outside option has 0, and they are e^-gap of all. As the greatest
/// total of a GEV model does not depend on which alternative has it, this is the mean of those of any one alternative.
[[nodiscard]] double enjoyed_utility(double gap);

}  // namespace rackrate::market
