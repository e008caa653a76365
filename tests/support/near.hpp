#pragma once
#include <algorithm>
#include <cmath>
#include <ostream>

namespace test {

/// A number that another equals up to a relative error: `CHECK(x == near(2.0))`. The same under Catch2 2 and 3.
struct Near {
  double value = 0.0;
  double relative = 1e-9;
  friend bool operator==(double x, const Near& n) {
    return std::abs(x - n.value) <= n.relative * std::max(1.0, std::abs(n.value));
  }
  friend std::ostream& operator<<(std::ostream& out, const Near& n) {
    return out << n.value << " up to " << n.relative;
  }
};

[[nodiscard]] inline Near near(double value, double relative = 1e-9) { return {value, relative}; }

}  // namespace test
