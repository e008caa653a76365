#include "sim/market/primitives/expenditure.hpp"

#include <cmath>
#include <vector>

#include "sim/market/primitives/choice.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;

namespace {

/// Three offers at prices P in two crossed nests and the outside option alone, with eps = 1.3.
struct Market {
  static constexpr double kEps = 1.3;
  Market() {
    set.add_crossed(1, 10, 0.5, 20, 0.6);
    set.add_crossed(2, 10, 0.5, 21, 0.6);
    set.add_crossed(3, 11, 0.5, 21, 0.6);
    set.add_alone(4);
  }
  [[nodiscard]] std::vector<double> utilities(const std::vector<double>& price) const {
    const double delta[] = {0.4, 0.1, 0.6};
    std::vector<double> v;
    for (std::size_t j = 0; j < price.size(); ++j) v.push_back(delta[j] - kEps * std::log(price[j]));
    v.push_back(-0.5);
    return v;
  }
  /// Surplus over the outside option of a buyer who spends A index^(1 - eta).
  [[nodiscard]] double surplus(const std::vector<double>& price, double eta) const {
    const double logsum = choice_shares(utilities(price), set).logsum;
    const double spending = kA * std::exp(-(1.0 - eta) * logsum / kEps);
    return spending * surplus_per_dollar((logsum + 0.5) / kEps, eta);
  }
  static constexpr double kA = 7.0;
  ChoiceSet set;
};

}  // namespace

TEST_CASE("Roy's identity: what a lower price of one offer is worth is the demand for it",
          "[market][primitives][C13]") {
  const Market market;
  const std::vector<double> price{0.8, 1.4, 0.5};
  for (const double eta : {0.0, 0.3, 1.0, 1.1, 2.0}) {
    const Shares shares = choice_shares(market.utilities(price), market.set);
    const double spending = Market::kA * std::exp(-(1.0 - eta) * shares.logsum / Market::kEps);
    for (std::size_t j = 0; j < price.size(); ++j) {
      const double h = 1e-5;
      auto up = price, down = price;
      up[j] += h;
      down[j] -= h;
      const double slope = (market.surplus(up, eta) - market.surplus(down, eta)) / (2.0 * h);
      INFO("eta " << eta << ", offer " << j);
      CHECK(-slope == Approx(shares.share[j] * spending / price[j]).epsilon(1e-7));
    }
  }
}

TEST_CASE("surplus per dollar: its closed forms", "[market][primitives]") {
  CHECK(surplus_per_dollar(0.7, 1.0) == test::near(0.7));
  CHECK(surplus_per_dollar(0.7, 2.0) == test::near(1.0 - std::exp(-0.7)));  // at most what is spent
  CHECK(surplus_per_dollar(0.7, 0.0) == test::near(std::exp(0.7) - 1.0));   // a fixed volume: what it would cost more
  CHECK(surplus_per_dollar(0.7, 1.0 + 1e-9) == Approx(0.7).epsilon(1e-8));
  CHECK(surplus_per_dollar(0.0, 0.3) == 0.0);
  CHECK(surplus_per_dollar(60.0, 2.0) == test::near(1.0));
  CHECK(surplus_per_dollar(60.0, 0.0) == 1e4);
}

TEST_CASE("the compensating variation of a fixed budget is at most all of it", "[market][primitives]") {
  // Prices fall by a factor of four: a quarter of the budget buys as much, so three quarters are the gain.
  CHECK(compensating_share(std::log(4.0)) == test::near(0.75));
  CHECK(compensating_share(100.0) == test::near(1.0));
  CHECK(compensating_share(-std::log(2.0)) == test::near(-1.0));  // twice as dear: as much again makes it good
}

TEST_CASE("those who do not choose the outside option have the surplus of all", "[market][primitives]") {
  for (const double gap : {0.1, 1.0, 5.0}) CHECK((1.0 - std::exp(-gap)) * enjoyed_utility(gap) == test::near(gap));
  CHECK(enjoyed_utility(0.0) == 1.0);  // the few whose tastes are strong enough: an exponential excess, mean 1
  CHECK(enjoyed_utility(1e-9) == Approx(1.0).epsilon(1e-8));
}

TEST_CASE("volume answers its price by a constant elasticity", "[market][primitives][C13]") {
  // eps = 1.11, price -20 %: volume x 1.281061898, spending x 1.024849519
  CHECK(price_response(0.8, 1.0, 1.11) == Approx(1.281061898).epsilon(1e-9));
  CHECK(0.8 * price_response(0.8, 1.0, 1.11) == Approx(1.024849519).epsilon(1e-9));
  CHECK(price_response(3.0, 1.0, 0.0) == 1.0);
  CHECK(price_response(0.0, 1.0, 1.0) == 1.0);
}
