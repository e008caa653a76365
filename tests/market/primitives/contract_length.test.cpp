#include "sim/market/primitives/contract_length.hpp"

#include <cmath>
#include <stdexcept>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
using test::near;

namespace {

/// The mean of what is left over the ages of contracts, by the mid-point rule.
double by_the_integral(double length, double early, double growth) {
  constexpr int kSteps = 200'000;
  const double oldest = (1.0 - early) * length;
  double left = 0.0, all = 0.0;
  for (int i = 0; i < kSteps; ++i) {
    const double age = oldest * (i + 0.5) / kSteps, weight = std::exp(-growth * age);
    left += weight * (length - age);
    all += weight;
  }
  return left / all;
}

}  // namespace

TEST_CASE("contracts that grow are younger: what they have left is an integral over their ages", "[market]") {
  for (const double growth : {-0.5, -0.02, 0.03, 0.25, 1.7})
    for (const double early : {0.0, 0.4})
      CHECK(near(mean_years_left(3.0, early, growth), by_the_integral(3.0, early, growth), 1e-8));
}

TEST_CASE("contracts that do not grow are half spent on average", "[market]") {
  CHECK(near(mean_years_left(4.0, 0.0, 0.0), 2.0));
  CHECK(near(mean_years_left(4.0, 0.5, 0.0), 3.0));                                     // renewed after two years
  CHECK(near(mean_years_left(4.0, 0.0, 1e-5), mean_years_left(4.0, 0.0, 1e-4), 1e-3));  // the series meets the form
  CHECK(mean_years_left(4.0, 0.0, 200.0) > 3.99);                                       // all are new
}

TEST_CASE("a contract without length is no contract", "[market]") {
  CHECK_THROWS_AS(mean_years_left(0.0, 0.0, 0.1), std::invalid_argument);
  CHECK_THROWS_AS(mean_years_left(1.0, 1.0, 0.1), std::invalid_argument);
}
