#pragma once

namespace rackrate::market {

/// A unit of capacity that earns while demand reaches it.
struct MarginalUnit {
  double cost = 0.0;             ///< paid when it is delivered
  double margin_per_year = 0.0;  ///< while it is used: price less running costs
  double life_years = 1.0;
  double hurdle_rate = 0.0;  ///< per year
  double erosion = 0.0;      ///< of the margin, per year
};

/// Present value of one unit that is always used, before its cost, at delivery.
[[nodiscard]] double earning_value(const MarginalUnit& unit);

/// Capacity at which the last unit's expected net present value is zero. Demand at delivery is lognormal with median
/// `demand` and standard deviation `sigma` of its logarithm; a unit earns over its life if demand at delivery reaches
/// it. 0 when even a unit that is always used does not earn the hurdle rate.
///
/// Units:   cost and margin in one currency; capacity in the unit of demand.
/// Throws:  std::invalid_argument unless demand > 0, sigma >= 0, life > 0, cost >= 0, hurdle rate > -1.
/// Source:  the newsvendor (Arrow, Harris, Marschak 1951): P(D > K) = cost / value of use.
[[nodiscard]] double npv_capacity(double demand, double sigma, const MarginalUnit& unit);

}  // namespace rackrate::market
