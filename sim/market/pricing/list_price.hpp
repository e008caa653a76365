#pragma once

namespace rackrate::market {

struct PriceRuleTerms {
  double eta = 0.5;     ///< elasticity of the price to the utilisation gap
  double clip = 0.15;   ///< largest change of one review
  double menu = 0.03;   ///< smaller changes are not made
};

/// The quarterly list-price rule: P clip((u/u*)^eta, 1 +- clip), unchanged when the change is below the
/// menu threshold. With iso-elastic demand and fixed capacity ln(u'/u*) = (1 - eta eps) ln(u/u*): stable
/// iff eta eps < 2.
/// Units:  any price; utilisation is demand over capacity and may exceed 1.
/// Source: MODEL 8.1; check D7. Cloud lists are sticky although capacity is fixed (Kilcioglu et al. 2017).
[[nodiscard]] double reviewed_price(double price, double utilisation, double target, const PriceRuleTerms& terms);

}  // namespace rackrate::market
