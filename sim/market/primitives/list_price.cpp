#include "sim/market/primitives/list_price.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;

double ListPriceRule::next(double price, double utilisation) const {
  if (!(target > 0.0) || !(utilisation >= 0.0))
    throw std::invalid_argument("list price: the target must be positive and the utilisation not negative");
  const double wanted = utilisation == 0.0 ? 0.0 : math::pow(utilisation / target, eta);
  const double factor = std::clamp(wanted, std::max(0.0, 1.0 - most), 1.0 + most);
  return std::fabs(factor - 1.0) < menu_threshold ? price : price * factor;
}

}  // namespace rackrate::market
