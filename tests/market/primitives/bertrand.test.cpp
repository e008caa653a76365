#include "sim/market/primitives/bertrand.hpp"

#include <cmath>
#include <stdexcept>

#include "tests/support/catch.hpp"

using namespace rackrate::market;

TEST_CASE("sellers whose prices are best replies already stay where they are", "[market][bertrand]") {
  // Two with a share of 1/4 at elasticity 4: e = 3, a price of 3/2 of the cost; the cost is 2/3 of it.
  const std::vector<ListSeller> two(2, {0.25, 2.0 / 3, 1.0});
  const auto found = list_equilibrium(two, 4.0);
  REQUIRE(found);
  CHECK(found->price[0] == Approx(1.0).epsilon(1e-12));
  CHECK(found->residual < 1e-10);
}

TEST_CASE("the equilibrium of unlike sellers is that of an independent solver", "[market][bertrand]") {
  // scipy.optimize.fsolve on the same conditions, by rackrate.analysis.oracle.bertrand_lists;
  // tests/analysis/test_oracle.py.
  const std::vector<ListSeller> four{{0.35, 0.3, 0.45}, {0.2, 0.35, 0.6}, {0.15, 0.25, 0.8}, {0.05, 0.5, 1.0}};
  const std::vector<double> expected{1.128918340746, 0.972040966979, 0.672351578683, 0.783785033164};
  const auto found = list_equilibrium(four, 3.0);
  REQUIRE(found);
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(found->price[i] == Approx(expected[i]).epsilon(1e-8));
}

TEST_CASE("no seller gains by another price", "[market][bertrand]") {
  const std::vector<ListSeller> sellers{{0.4, 0.5, 0.8}, {0.3, 0.4, 0.9}, {0.1, 0.6, 1.0}};
  const double elasticity = 2.5;
  const auto found = list_equilibrium(sellers, elasticity);
  REQUIRE(found);
  // Profit of one at its price times f: (kept p - cost) x sales, where the others stay.
  const auto profit = [&](std::size_t who, double f) {
    double weights = 0.2, own = 0.0;
    for (std::size_t i = 0; i < sellers.size(); ++i) {
      const double p = found->price[i] * (i == who ? f : 1.0), w = sellers[i].share * std::pow(p, -elasticity);
      weights += w;
      if (i == who) own = w;
    }
    return (sellers[who].kept * found->price[who] * f - sellers[who].cost) * own / weights;
  };
  for (std::size_t who = 0; who < sellers.size(); ++who)
    for (const double f : {0.9, 0.99, 1.01, 1.1, 2.0}) CHECK(profit(who, f) < profit(who, 1.0));
}

TEST_CASE("a market in which a seller would raise its price for ever has no equilibrium to look for",
          "[market][bertrand]") {
  const std::vector<ListSeller> one{{0.7, 0.5, 1.0}};
  CHECK_THROWS_AS(list_equilibrium(one, 3.0), std::invalid_argument);  // elasticity .9
  const std::vector<ListSeller> full{{0.5, 0.5, 1.0}, {0.5, 0.5, 1.0}};
  CHECK_THROWS_AS(list_equilibrium(full, 3.0), std::invalid_argument);  // no outside option
}
