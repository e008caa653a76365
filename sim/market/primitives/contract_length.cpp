#include "sim/market/primitives/contract_length.hpp"

#include <cmath>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {

double mean_years_left(double length, double early, double growth) {
  if (!(length > 0.0) || !(early >= 0.0 && early < 1.0))
    throw std::invalid_argument("contracts in force: the length must be positive and the share left in [0, 1)");
  const double oldest = (1.0 - early) * length, x = growth * oldest;
  // The mean age is A (1/x - 1/(e^x - 1)); near x = 0 by its series.
  const double age = std::fabs(x) < 1e-4 ? 0.5 - x / 12.0 : 1.0 / x - 1.0 / (core::math::exp(x) - 1.0);
  return length - oldest * age;
}

}  // namespace rackrate::market
