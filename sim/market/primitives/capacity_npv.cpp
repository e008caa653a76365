#include "sim/market/primitives/capacity_npv.hpp"

#include <cmath>
#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;

double earning_value(const MarginalUnit& unit) {
  const double rate = math::log1p(unit.hurdle_rate) + unit.erosion;
  const double years =
      std::abs(rate) < 1e-12 ? unit.life_years : -math::expm1(-rate * unit.life_years) / rate;  // of a dollar a year
  return unit.margin_per_year * years;
}

double npv_capacity(double demand, double sigma, const MarginalUnit& unit) {
  if (!(demand > 0) || !(sigma >= 0) || !(unit.life_years > 0) || !(unit.cost >= 0) || !(unit.hurdle_rate > -1))
    throw std::invalid_argument("npv_capacity: needs demand and life above 0, cost and sigma of at least 0");
  const double value = earning_value(unit);
  if (!(value > unit.cost)) return 0.0;
  if (sigma == 0) return demand;
  // A free unit would be wanted without end: the least chance of use is one in a million.
  const double least = 1e-6;
  const double idle = 1.0 - std::fmax(unit.cost / value, least);
  return demand * math::exp(sigma * math::normal_quantile(idle));
}

}  // namespace rackrate::market
