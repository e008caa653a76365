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
template <class Rule>
std::vector<double> path(const Rule& rule, double start, double elasticity, int reviews) {
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

TEST_CASE("the smooth rule is the quarterly one where no limit binds and a quarter lies between reviews",
          "[market][price][D7]") {
  const SmoothPriceRule rule{0.5, 0.8, std::numeric_limits<double>::infinity(), 1.0};
  const auto u = path(rule, 1.2, 1.1, 5);
  CHECK(near({u.begin(), u.begin() + 5}, {1.200000000, 0.960132241, 0.868457294, 0.830111256, 0.813412476}, 5e-10));
  // Monthly reviews lead to the same price, whose utilisation is the target: 1.5^(1/1.1).
  const SmoothPriceRule monthly{0.5, 0.8, std::numeric_limits<double>::infinity(), 1.0 / 3};
  CHECK(near(path(monthly, 1.2, 1.1, 240).back(), 1.445715918, 5e-10));
  CHECK(near(path(SmoothPriceRule{}, 1.2, 1.1, 400).back(), 1.445715918, 5e-9));  // the bound slows it down, no more
}

TEST_CASE("the smooth rule moves a price for any gap, in proportion, and within its bound", "[market][price]") {
  const SmoothPriceRule rule;
  CHECK(rule.next(2.0, 0.8) == 2.0);
  // By hand: s = ln 1.15 = .1397619; a third of s tanh(.5 ln(u/.8) / s).
  CHECK(near(rule.next(1.0, 0.88), std::exp(std::log(1.15) / 3 * std::tanh(0.5 * std::log(1.1) / std::log(1.15)))));
  CHECK(near(rule.next(2.0, 0.0), 2.0 * std::pow(1.15, -1.0 / 3)));  // nothing is used: the whole bound
  CHECK(rule.next(2.0, 1e6) <= 2.0 * std::pow(1.15, 1.0 / 3) * (1 + 1e-12));
  // A small cause has a small effect: half the deviation, half the move, to second order.
  const double whole = std::log(rule.next(1.0, 0.8 * std::exp(1e-4))),
               half = std::log(rule.next(1.0, 0.8 * std::exp(5e-5)));
  CHECK(near(whole, 2 * half, 0.0, 1e-6));
  CHECK(near(whole, 0.5 * 1e-4 / 3, 0.0, 1e-6));
  CHECK(SmoothPriceRule{0.0, 0.8, 0.15, 1.0}.next(2.0, 0.0) == 2.0);
  CHECK(SmoothPriceRule{0.5, 0.8, 0.0, 1.0}.next(2.0, 5.0) == 2.0);
  CHECK_THROWS_AS(rule.next(2.0, -0.1), std::invalid_argument);
  CHECK_THROWS_AS((SmoothPriceRule{0.5, 0.0}.next(2.0, 0.5)), std::invalid_argument);
}
