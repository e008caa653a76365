#pragma once
#include <limits>

namespace rackrate::market {

/// A level that inflows raise and that decays with a half-life, such as awareness or unmet need.
///
/// level' = inflow - ln 2 / half_life x level, solved exactly over each step, so the path does not depend on how time
/// is cut into steps.
/// Units:   the level's own; half-life and durations in one unit of time; inflow per that unit.
struct Stock {
  double level = 0.0;
  double half_life = std::numeric_limits<double>::infinity();  ///< infinite: nothing decays

  /// Lets `duration` pass with a constant inflow. Throws: std::invalid_argument on a negative duration or a half-life
  /// that is not positive.
  void advance(double duration, double inflow = 0.0);
  void add(double amount) { level += amount; }
};

}  // namespace rackrate::market
