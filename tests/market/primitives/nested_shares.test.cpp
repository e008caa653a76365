#include "sim/market/primitives/nested_shares.hpp"

#include <cmath>
#include <stdexcept>

#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;

namespace {

constexpr double kLambda = 0.6;

/// Three sellers of 50, 30 and 20; the last is in a nest of its own.
std::vector<SharedSeller> sellers(double a, double b, double c) { return {{50, a, 0}, {30, b, 0}, {20, c, 1}}; }

double share_of_first(double utility) { return nested_shares(sellers(utility, 0.0, 0.0), kLambda).share[0]; }

}  // namespace

TEST_CASE("nested shares: nothing has changed", "[market][primitives]") {
  const NestedShares market = nested_shares(sellers(0, 0, 0), kLambda);
  CHECK(market.share[0] == test::near(0.5));
  CHECK(market.share[1] == test::near(0.3));
  CHECK(market.share[2] == test::near(0.2));
  CHECK(std::abs(market.inclusive) < 1e-12);
}

TEST_CASE("nested shares: what changes all alike moves no share, and is the inclusive value", "[market][primitives]") {
  const NestedShares market = nested_shares(sellers(-0.7, -0.7, -0.7), kLambda);
  CHECK(market.share[0] == test::near(0.5));
  CHECK(market.share[2] == test::near(0.2));
  CHECK(market.inclusive == test::near(-0.7));
}

TEST_CASE("nested shares: a seller's share answers to its own utility as a nested logit's does",
          "[market][primitives]") {
  // d ln s / du = (1 - s|n) / lambda + s|n (1 - s_n), with s|n = 50/80 and s_n = .8
  const double expected = (1.0 - 0.625) / kLambda + 0.625 * (1.0 - 0.8);
  const double h = 1e-6;
  const double slope = (std::log(share_of_first(h)) - std::log(share_of_first(-h))) / (2.0 * h);
  CHECK(std::abs(slope - expected) < 1e-7);
}

TEST_CASE("nested shares: the slope of the inclusive value is the share", "[market][primitives]") {
  const double h = 1e-6;
  const double up = nested_shares(sellers(h, 0, 0), kLambda).inclusive;
  const double down = nested_shares(sellers(-h, 0, 0), kLambda).inclusive;
  CHECK(std::abs((up - down) / (2.0 * h) - 0.5) < 1e-7);
}

TEST_CASE("nested shares: who had nothing on the first day gets nothing", "[market][primitives]") {
  const std::vector<SharedSeller> some{{0, 3.0, 0}, {10, 0.0, 1}}, nobody{{0, 0.0, 0}};
  CHECK(nested_shares(some, 1.0).share == std::vector<double>{0.0, 1.0});
  CHECK(nested_shares(nobody, 1.0).share == std::vector<double>{0.0});
  CHECK_THROWS_AS(nested_shares(some, 0.0), std::invalid_argument);
}
