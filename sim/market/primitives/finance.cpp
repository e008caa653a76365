#include "sim/market/primitives/finance.hpp"

#include <stdexcept>

#include "sim/core/math.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {
__extension__ using Wide = __int128;
}

double continuous_rate(double yearly_rate) {
  if (!(yearly_rate > -1.0)) throw std::invalid_argument("continuous_rate: a yearly rate must exceed -1");
  return math::log1p(yearly_rate);
}

double discount_factor(double delta, double years) { return math::exp(-delta * years); }

double discount_factor(double delta, core::SimTime valuation, core::SimTime when) {
  return discount_factor(delta, core::in_years(when - valuation));
}

double present_value(std::span<const double> flows, std::span<const double> years, double delta) {
  if (flows.size() != years.size()) throw std::invalid_argument("present_value: one time per flow");
  double sum = 0.0;
  for (std::size_t i = 0; i < flows.size(); ++i) sum += flows[i] * discount_factor(delta, years[i]);
  return sum;
}

double present_value_of_flow(double flow, double growth, double years, double delta) {
  const double x = (growth - delta) * years;
  return x == 0.0 ? flow * years : flow * years * (math::expm1(x) / x);
}

Money depreciated(Money cost, core::SimDuration age, core::SimDuration life) {
  if (life.count() <= 0) throw std::invalid_argument("depreciated: the life must be positive");
  if (age.count() <= 0) return Money{};
  if (age >= life) return cost;
  return Money{static_cast<std::int64_t>(static_cast<Wide>(cost.tenthousandths) * age.count() / life.count())};
}

}  // namespace rackrate::market
