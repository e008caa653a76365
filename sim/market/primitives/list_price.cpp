#include "sim/market/primitives/list_price.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

void check_utilisation(double target, double utilisation) {
  if (!(target > 0.0) || !(utilisation >= 0.0))
    throw std::invalid_argument("list price: the target must be positive and the utilisation not negative");
}

/// s tanh(x / s), for x = -infinity too; x where s is infinite.
double bounded(double x, double s) {
  if (s <= 0.0) return 0.0;
  if (std::isinf(s)) return x;
  const double e = math::exp(-2.0 * std::fabs(x) / s);
  return std::copysign(s * (1.0 - e) / (1.0 + e), x);
}

}  // namespace

double ListPriceRule::next(double price, double utilisation) const {
  check_utilisation(target, utilisation);
  const double wanted = utilisation == 0.0 ? 0.0 : math::pow(utilisation / target, eta);
  const double factor = std::clamp(wanted, std::max(0.0, 1.0 - most), 1.0 + most);
  return std::fabs(factor - 1.0) < menu_threshold ? price : price * factor;
}

double SmoothPriceRule::next(double price, double utilisation) const {
  check_utilisation(target, utilisation);
  if (eta == 0.0) return price;
  return price * math::exp(quarters * bounded(eta * math::log(utilisation / target), math::log1p(most)));
}

}  // namespace rackrate::market
