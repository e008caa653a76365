#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

namespace rackrate::market::test {

/// Relative tolerance 1e-9, or half a unit of the last printed digit where a reference value is printed shorter.
inline bool near(double got, double expected, double half_unit = 0.0, double relative = 1e-9) {
  return std::fabs(got - expected) <= std::max(half_unit, relative * std::fabs(expected));
}
inline bool near(const std::vector<double>& got, const std::vector<double>& expected, double half_unit = 0.0,
                 double relative = 1e-9) {
  if (got.size() != expected.size()) return false;
  for (std::size_t i = 0; i < got.size(); ++i)
    if (!near(got[i], expected[i], half_unit, relative)) return false;
  return true;
}
/// |estimate - p| within 4 standard errors of a share estimated from n draws.
inline bool share_near(double estimate, double p, double n) {
  return std::fabs(estimate - p) <= 4.0 * std::sqrt(p * (1.0 - p) / n);
}

}  // namespace rackrate::market::test
