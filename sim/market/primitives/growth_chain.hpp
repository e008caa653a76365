#pragma once
#include <vector>

#include "sim/core/sim_time.hpp"

namespace rackrate::market {

/// A path of a chain of two states, fast and slow, from `start` on: a level whose log grows faster in one than in the
/// other, without a trend of its own.
///
/// With rates 1/f and 1/s of leaving the states, pi = f/(f+s) and lambda = 1/f + 1/s, a chain that starts in its
/// stationary law has mean log level 0 and, after T, variance gap^2 pi (1 - pi) 2/lambda^2 (lambda T - 1 + e^(-lambda
/// T)).
class GrowthChain {
 public:
  GrowthChain() = default;
  /// `gap_per_year`: log growth in the fast state less that in the slow one; `fast_share` pi, in [0, 1].
  GrowthChain(core::SimTime start, bool fast, double gap_per_year, double fast_share)
      : starts_fast_(fast), gap_(gap_per_year), share_(fast_share), start_(start) {}

  /// Switches come in order of time. Throws: std::invalid_argument if this one is before the last, or before the start.
  void add_switch(core::SimTime at);

  [[nodiscard]] bool fast_at(core::SimTime t) const;
  /// ln of the level at t, 0 at the start: the integral of gap x (1[fast] - pi).
  [[nodiscard]] double log_level(core::SimTime t) const;
  [[nodiscard]] const std::vector<core::SimTime>& switches() const { return switches_; }

 private:
  [[nodiscard]] std::size_t passed(core::SimTime t) const;

  bool starts_fast_ = false;
  double gap_ = 0.0, share_ = 0.0;
  core::SimTime start_{};
  std::vector<core::SimTime> switches_;
  std::vector<double> fast_years_;  ///< spent in the fast state up to each switch
};

}  // namespace rackrate::market
