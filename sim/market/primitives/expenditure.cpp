#include "sim/market/primitives/expenditure.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr double kMostPerDollar = 1e4;
constexpr double kNearlyZero = 1e-6;  // below, a difference of exponentials has too few digits

}  // namespace

double price_response(double price, double reference, double eta) {
  return reference > 0 && price > 0 && eta > 0 ? math::pow(price / reference, -eta) : 1.0;
}

double surplus_per_dollar(double gap, double eta) {
  const double curve = (eta - 1.0) * gap;
  const double value =
      std::abs(curve) < kNearlyZero ? gap * (1.0 - 0.5 * curve) : (1.0 - math::exp(-curve)) / (eta - 1.0);
  return std::min(value, kMostPerDollar);
}

double compensating_share(double gap) { return 1.0 - math::exp(-gap); }

double enjoyed_utility(double gap) { return gap > kNearlyZero ? gap / (1.0 - math::exp(-gap)) : 1.0 + 0.5 * gap; }

}  // namespace rackrate::market
