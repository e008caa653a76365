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
/// Capacity that serves a demand at the target utilisation. Throws: std::invalid_argument unless the target is
/// positive.
[[nodiscard]] double capacity_target(double demand, double target_utilisation);
/// Demand over capacity when orders made on a naive forecast arrive: u* e^(gamma h). Above 1 there is a shortage. Check
/// A11. Units: growth per year (continuous), lead in years.
[[nodiscard]] double naive_utilisation_at_delivery(double target_utilisation, double log_growth, double lead_years);
/// The longest lead without a shortage under naive forecasts, -ln u*/gamma years.
[[nodiscard]] double longest_naive_lead(double target_utilisation, double log_growth);

}  // namespace rackrate::market
