#include "sim/market/primitives/capacity_npv.hpp"

#include <cmath>
#include <stdexcept>

#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;

namespace {

/// Expected net present value of a whole fleet: value x E[min(D, K)] - cost x K by the trapezium rule on ln D.
double expected_value(double demand, double sigma, double value, double cost, double capacity) {
  double sum = 0.0;
  const double dz = 1e-3;
  for (double z = -8.0; z <= 8.0; z += dz)
    sum += std::exp(-0.5 * z * z) / std::sqrt(2.0 * 3.14159265358979323846) * dz *
           std::fmin(demand * std::exp(sigma * z), capacity);
  return value * sum - cost * capacity;
}

}  // namespace

TEST_CASE("the value of a unit is an annuity at the hurdle rate", "[market][primitives]") {
  // 10 a year for 5 years at 12 % a year, as a sum over a million slices.
  const MarginalUnit unit{40.0, 10.0, 5.0, 0.12, 0.0};
  double sum = 0.0;
  for (int i = 0; i < 1'000'000; ++i) sum += 10.0 * 5e-6 * std::pow(1.12, -(i + 0.5) * 5e-6);
  CHECK(earning_value(unit) == test::near(sum, 1e-9));
  CHECK(earning_value({40.0, 10.0, 5.0, 0.0, 0.0}) == test::near(50.0));
}

TEST_CASE("NPV capacity is where the expected value of the fleet is greatest", "[market][primitives]") {
  for (const double sigma : {0.1, 0.3, 0.6})
    for (const double cost : {5.0, 18.0, 35.0}) {
      const MarginalUnit unit{cost, 10.0, 6.0, 0.15, 0.05};
      const double value = earning_value(unit), best = npv_capacity(1'000.0, sigma, unit);
      if (cost >= value) continue;
      const double at_best = expected_value(1'000.0, sigma, value, cost, best);
      CHECK(at_best > expected_value(1'000.0, sigma, value, cost, best * 1.03));
      CHECK(at_best > expected_value(1'000.0, sigma, value, cost, best * 0.97));
    }
}

TEST_CASE("a unit that never earns its cost is not built, and one sure of its demand is", "[market][primitives]") {
  CHECK(npv_capacity(100.0, 0.3, {60.0, 10.0, 5.0, 0.12, 0.0}) == 0.0);
  CHECK(npv_capacity(100.0, 0.3, {1.0, -10.0, 5.0, 0.12, 0.0}) == 0.0);
  CHECK(npv_capacity(100.0, 0.0, {20.0, 10.0, 5.0, 0.12, 0.0}) == 100.0);
  CHECK(std::isfinite(npv_capacity(100.0, 0.3, {0.0, 10.0, 5.0, 0.12, 0.0})));
  CHECK_THROWS_AS(npv_capacity(0.0, 0.3, {1.0, 10.0, 5.0, 0.12, 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(npv_capacity(1.0, -0.1, {1.0, 10.0, 5.0, 0.12, 0.0}), std::invalid_argument);
}
