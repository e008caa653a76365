#include "sim/market/primitives/account_bargain.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/support/catch.hpp"

using namespace rackrate::market;

namespace {

constexpr double kSpread = 0.4;

AccountIssues issues(double weight) {
  AccountIssues i;
  i.weight = weight;
  i.most_discount = 1.0;
  i.planning_value = 0.05;
  i.shortfall_aversion = 0.5;
  i.spread = kSpread;
  i.service_value = 0.06;
  i.service_cost = 0.02;
  return i;
}

/// E max(0, m - X) by the midpoint rule over the density of a standard normal variable.
double shortfall_by_integration(double m, double sigma) {
  constexpr double kStep = 1e-3, kEnd = 8.0;
  double sum = 0.0;
  for (double z = -kEnd + 0.5 * kStep; z < kEnd; z += kStep) {
    const double spent = std::exp(sigma * z - 0.5 * sigma * sigma);
    sum += std::max(0.0, m - spent) * std::exp(-0.5 * z * z) / std::sqrt(2 * std::acos(-1.0)) * kStep;
  }
  return sum;
}

struct Payoffs {
  double buyer = 0.0, seller = 0.0;
};

/// What both have over doing without one another.
Payoffs payoffs(const AccountStakes& s, const AccountIssues& i, double discount, double commitment, bool service) {
  const double missing = shortfall_by_integration(commitment, i.spread);
  return {s.reliance + discount - (1 + i.shortfall_aversion) * missing + (service ? i.service_value : 0.0),
          s.margin - discount + i.planning_value * commitment + missing - (service ? i.service_cost : 0.0)};
}

double nash_product(const Payoffs& p, double weight) {
  return p.buyer <= 0 || p.seller <= 0 ? -1.0 : weight * std::log(p.buyer) + (1 - weight) * std::log(p.seller);
}

}  // namespace

TEST_CASE("the shortfall of a commitment is that of a lognormal expense", "[market][bargain]") {
  for (const double m : {0.2, 0.6, 1.0, 1.4})
    CHECK(expected_shortfall(m, kSpread) == Approx(shortfall_by_integration(m, kSpread)).margin(1e-7));
  CHECK(expected_shortfall(1.5, 0.0) == 0.5);
  CHECK(expected_shortfall(0.0, kSpread) == 0.0);
}

TEST_CASE("a commitment falls short with the probability at which both together stop gaining", "[market][bargain]") {
  const double m = efficient_commitment(0.05, 0.5, kSpread);
  // P(X < m) = g / r = 0.1: m = exp(0.4 x -1.2815515655 - 0.08)
  CHECK(m == Approx(std::exp(0.4 * -1.2815515655446004 - 0.08)));
  const auto together = [](double at) { return 0.05 * at - 0.5 * shortfall_by_integration(at, kSpread); };
  CHECK(together(m) > together(m + 0.02));
  CHECK(together(m) > together(m - 0.02));
  CHECK(efficient_commitment(0.0, 0.5, kSpread) == 0.0);
  CHECK(efficient_commitment(0.6, 0.5, kSpread) == 1.0);
}

TEST_CASE("the deal maximises the Nash product over all three issues", "[market][bargain][D10]") {
  const AccountStakes stakes{0.3, 0.5};
  const AccountIssues i = issues(0.6);
  const AccountDeal deal = account_bargain(stakes, i);
  const double best = nash_product(payoffs(stakes, i, deal.discount, deal.commitment, deal.service), i.weight);
  CHECK(deal.service);
  CHECK(deal.discount > 0.0);
  for (const bool service : {false, true})
    for (double discount = 0.0; discount < 0.6; discount += 0.02)
      for (double commitment = 0.0; commitment < 1.2; commitment += 0.1)
        CHECK(nash_product(payoffs(stakes, i, discount, commitment, service), i.weight) <= best + 1e-9);
  const Payoffs at_list = payoffs(stakes, i, 0.0, 0.0, false);
  const Payoffs agreed = payoffs(stakes, i, deal.discount, deal.commitment, deal.service);
  CHECK(deal.gain == Approx(agreed.buyer - at_list.buyer).margin(1e-7));
  CHECK(agreed.buyer == Approx(i.weight * (agreed.buyer + agreed.seller)).margin(1e-7));
}

TEST_CASE("a side with the other's weight and stakes has the other's part", "[market][bargain]") {
  AccountIssues i = issues(0.7);
  i.planning_value = i.service_value = 0.0;  // the discount alone
  const AccountDeal deal = account_bargain({0.2, 0.6}, i);
  const Payoffs first = payoffs({0.2, 0.6}, i, deal.discount, 0.0, false);
  // The seller in the buyer's place: what is at stake for one is at stake for the other, and so are the weights.
  i.weight = 0.3;
  const AccountDeal swapped = account_bargain({0.1, 0.7}, i);
  const Payoffs second = payoffs({0.1, 0.7}, i, swapped.discount, 0.0, false);
  CHECK(first.buyer == Approx(second.seller));
  CHECK(first.seller == Approx(second.buyer));
}

TEST_CASE("more reliance lowers a discount, weight raises it, and it stays within its bounds", "[market][bargain]") {
  AccountIssues i = issues(0.7);
  double last = 2.0, gain = 2.0;
  for (double reliance = 0.0; reliance < 3.0; reliance += 0.1) {
    const AccountDeal all = account_bargain({reliance, 0.5}, i);
    CHECK(all.gain <= gain);  // the discount alone may rise where service leaves the deal
    CHECK(all.discount >= 0.0);
    gain = all.gain;
  }
  CHECK(gain == 0.0);
  i.service_value = 0.0;
  for (double reliance = 0.0; reliance < 3.0; reliance += 0.1) {
    const double discount = account_bargain({reliance, 0.5}, i).discount;
    CHECK(discount <= last);
    last = discount;
  }
  CHECK(last == 0.0);  // no alternative
  last = -1.0;
  for (double weight = 0.0; weight <= 1.0; weight += 0.125) {
    i.weight = weight;
    const double discount = account_bargain({0.3, 0.5}, i).discount;
    CHECK(discount >= last);
    last = discount;
  }
  i.most_discount = 0.25;
  CHECK(account_bargain({0.3, 0.5}, i).discount == 0.25);
}

TEST_CASE("who has no weight, or a cloud that keeps nothing, buys at list", "[market][bargain]") {
  AccountIssues i = issues(0.0);
  AccountDeal deal = account_bargain({0.3, 0.5}, i);
  CHECK(deal.discount == 0.0);
  CHECK(deal.commitment == 0.0);
  CHECK_FALSE(deal.service);
  CHECK(deal.gain == 0.0);
  i.weight = 0.9;
  deal = account_bargain({0.0, -0.1}, i);
  CHECK(deal.discount == 0.0);
  CHECK_FALSE(deal.service);
}

TEST_CASE("weights and largest discounts that are no shares are refused", "[market][bargain]") {
  AccountIssues i = issues(1.5);
  CHECK_THROWS_AS(account_bargain({0.3, 0.5}, i), std::invalid_argument);
  i = issues(0.5);
  i.most_discount = -0.1;
  CHECK_THROWS_AS(account_bargain({0.3, 0.5}, i), std::invalid_argument);
}
