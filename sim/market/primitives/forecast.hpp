#pragma once

namespace rackrate::market {

/// Holt's linear smoothing of ln demand, so that a trend is a growth rate.
///
/// Source: Holt (1957/2004), International Journal of Forecasting 20, 5-10. Check A12.
struct Holt {
  double level = 0.0;  ///< of ln demand
  double trend = 0.0;  ///< per period
  double alpha = 0.5;
  double beta = 0.3;

  /// Takes in one period's demand. Throws: std::invalid_argument unless demand > 0.
  void observe(double demand);
  /// Demand `periods` ahead of the last observation; the last level itself at 0.
  [[nodiscard]] double forecast(double periods) const;
};

/// Tomorrow is today.
[[nodiscard]] constexpr double naive_forecast(double demand) { return demand; }

}  // namespace rackrate::market
