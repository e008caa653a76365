#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "sim/core/random.hpp"

namespace rackrate::market {

/// base x exp(sum of coefficient x feature). Units: those of base, events per unit of time.
/// Throws: std::invalid_argument if the lengths differ or base is negative.
[[nodiscard]] double hazard_rate(double base, std::span<const double> coefficients, std::span<const double> features);

/// Fires when the integral of a rate crosses a threshold that is exponential with mean 1 and addressed by name.
///
/// This is a Poisson process of rate 1 seen through the integral as its clock: the thresholds do not depend on the
/// rates, so two arms of a comparison whose rates differ a little fire at almost the same time, and arms whose rates
/// agree fire together. The n-th firing has the n-th threshold; that count belongs to the unit-rate process.
/// Source: random time change (Ethier and Kurtz 1986, ch. 6).
class HazardClock {
 public:
  HazardClock() = default;
  HazardClock(const core::Draws& draws, core::EntityKey entity, std::uint32_t purpose);

  /// Lets `duration` pass at a constant rate. Returns the time into it at which the hazard fires first, if it does;
  /// the clock then stands there with its next threshold, and the caller goes on with the rest of the duration.
  /// Throws: std::invalid_argument if the rate or the duration is negative or not a number.
  std::optional<double> advance(const core::Draws& draws, double rate, double duration);

 private:
  core::EntityKey entity_ = 0;
  std::uint32_t purpose_ = 0;
  std::uint64_t fired_ = 0;
  double left_ = 0.0;
};

}  // namespace rackrate::market
