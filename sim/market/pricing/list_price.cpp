#include "sim/market/pricing/list_price.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"

namespace rackrate::market {

double reviewed_price(double price, double utilisation, double target, const PriceRuleTerms& terms) {
  if (utilisation <= 0) return price * (1.0 - terms.clip);
  const double factor = std::clamp(core::math::pow(utilisation / target, terms.eta), 1.0 - terms.clip, 1.0 + terms.clip);
  return std::abs(factor - 1.0) < terms.menu ? price : price * factor;
}

}  // namespace rackrate::market
