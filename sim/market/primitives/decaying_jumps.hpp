#pragma once
#include <vector>

#include "sim/core/sim_time.hpp"

namespace rackrate::market {

/// A level that jumps and falls back to 0 by half in each half-life: shot noise, where the jumps are Poisson.
///
/// With rate r, jumps of mean square m2 and mean 0, and decay k = ln 2 / half-life, a path that starts at 0 has mean 0
/// and variance r m2 (1 - e^(-2 k t)) / (2 k) (Campbell's theorem).
class DecayingJumps {
 public:
  struct Jump {
    core::SimTime time;
    double size = 0.0;
    double after = 0.0;  ///< the level right after it
  };

  DecayingJumps() = default;
  /// Throws: std::invalid_argument unless the half-life, in years, is positive.
  explicit DecayingJumps(double half_life_years);

  /// Jumps come in order of time. Throws: std::invalid_argument if this one is before the last.
  void add(core::SimTime time, double size);
  [[nodiscard]] double level(core::SimTime t) const;
  [[nodiscard]] const std::vector<Jump>& jumps() const { return jumps_; }

 private:
  [[nodiscard]] double decayed(const Jump& jump, core::SimTime t) const;

  double decay_ = 0.0;  ///< a year
  std::vector<Jump> jumps_;
};

}  // namespace rackrate::market
