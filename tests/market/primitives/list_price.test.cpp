#include "sim/market/primitives/list_price.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "tests/market/primitives/near.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
using test::near;

namespace {

/// Utilisation after each price review when demand is iso-elastic in price and capacity fixed; last element the price.
std::vector<double> path(const ListPriceRule& rule, double start, double elasticity, int reviews) {
  double price = 1.0;
  std::vector<double> out;
  for (int i = 0; i < reviews; ++i) {
    out.push_back(start * std::pow(price, -elasticity));
    price = rule.next(price, out.back());
  }
  out.push_back(price);
  return out;
}

ListPriceRule without_limits(double eta) { return {eta, 0.8, std::numeric_limits<double>::infinity(), 0.0}; }

}  // namespace

TEST_CASE("the quarterly rule drives utilisation to its target along D7's path", "[market][price][D7]") {
  const auto u = path(without_limits(0.5), 1.2, 1.1, 5);
  CHECK(near({u.begin(), u.begin() + 5}, {1.200000000, 0.960132241, 0.868457294, 0.830111256, 0.813412476}, 5e-10));
  CHECK(near(path(without_limits(0.5), 1.2, 1.1, 80).back(), 1.445715918, 5e-10));  // 1.5^(1/1.1)
}

TEST_CASE("the quarterly rule is stable below eta = 2/1.1 and not above", "[market][price][D7]") {
  const auto distance = [](double eta) {
    return std::fabs(std::log(path(without_limits(eta), 0.81, 1.1, 60)[59] / 0.8));
  };
  CHECK(distance(1.75) < std::log(0.81 / 0.8));
  CHECK(distance(1.90) > std::log(0.81 / 0.8));
}

TEST_CASE("one review moves a price by at most 15 percent, and not at all for less than 3", "[market][price]") {
  const ListPriceRule rule;
  CHECK(near(rule.next(2.0, 1.6), 2.3));
  CHECK(near(rule.next(2.0, 0.2), 1.7));
  CHECK(near(rule.next(2.0, 0.0), 1.7));
  CHECK(rule.next(2.0, 0.8) == 2.0);
  CHECK(rule.next(2.0, 0.8 * 1.029 * 1.029) == 2.0);  // factor 1.029
  CHECK(near(rule.next(2.0, 0.8 * 1.031 * 1.031), 2.0 * 1.031));
  CHECK_THROWS_AS(rule.next(2.0, -0.1), std::invalid_argument);
}
