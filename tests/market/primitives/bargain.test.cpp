#include "sim/market/primitives/bargain.hpp"

#include <array>
#include <cmath>
#include <stdexcept>

#include "tests/support/catch.hpp"

using namespace rackrate::market;

TEST_CASE("a lab bargains with each of two clouds over what that cloud alone adds", "[market][bargain]") {
  // Check D11. AZ earns 60 with the contract and 30 without, AWS 80 and 55; the lab 40 with both, 28 with AZ alone, 30
  // with AWS alone. With AZ it gains 40 - 30 = 10, with AWS 40 - 28 = 12; each side has weight 1/2.
  //   T_AZ  = 30/2 - 10/2 = 10,   T_AWS = 25/2 - 12/2 = 6.5, from cloud to lab.
  const PairGains az{60 - 30, 40 - 30}, aws{80 - 55, 40 - 28};
  CHECK(nash_transfer(az, 0.5) == 10.0);
  CHECK(nash_transfer(aws, 0.5) == 6.5);
  // AZ keeps 60 - 10 = 50 = 30 + half of 40, the pair's joint gain.
  CHECK(60 - nash_transfer(az, 0.5) == 30 + 0.5 * az.joint());
}

TEST_CASE("a pair keeps its exclusive right while it is worth more than opening and what rivals would pay",
          "[market][bargain]") {
  // D11 again. Exclusive, AZ earns 90 and the lab 28: 118. Open, 60 + 40 and AWS's 6.5: 106.5. The right is worth 11.5
  // more.
  const std::array pays{nash_transfer({25, 12}, 0.5)};
  CHECK(opening_gain(90 + 28, 60 + 40, pays) == -11.5);
  // Were it worth 76 to AZ, opening would bring 106.5 - 104 = 2.5: AZ, with a fifth of that, has 76.5, so the lab pays
  // it 16.5.
  CHECK(opening_gain(76 + 28, 60 + 40, pays) == 2.5);
  CHECK(settling_payment(76, 60, 2.5, 0.2) == 16.5);
  // A rival that would have to be paid to come in is not.
  const std::array paid{-4.0};
  CHECK(opening_gain(108, 100, paid) == opening_gain(108, 100, {}));
}

TEST_CASE("the one with all the weight pays nothing beyond what the other needs", "[market][bargain]") {
  for (const double b : {0.0, 0.25, 0.5, 1.0})
    for (const double payee : {-8.0, 0.0, 12.0}) {
      const PairGains gains{20, payee};
      const double paid = nash_transfer(gains, b);
      CHECK(std::abs(gains.payer - paid - b * gains.joint()) < 1e-12);
      CHECK(std::abs(gains.payee + paid - (1 - b) * gains.joint()) < 1e-12);
    }
}

TEST_CASE("a pair that gains nothing together has no transfer", "[market][bargain]") {
  CHECK_THROWS_AS(nash_transfer({-5, 2}, 0.5), std::invalid_argument);
  CHECK_THROWS_AS(nash_transfer({5, 2}, 1.5), std::invalid_argument);
}

TEST_CASE("over a rate that moves dollars between the two, each has its weight of what they gain together",
          "[market][bargain]") {
  // A channel sells 100 a day. At rate 0 it loses 20 of costs and the lab gains 90 over no sale; a dollar that one
  // keeps is a dollar less for the other. Joint gain 70: with half of it the channel has 35 = -20 + 100 r, r = 55 %.
  const GainLine channel{-20, 100}, lab{90, -100};
  CHECK(*nash_rate(channel, lab, 0.5, 0, 1) == Approx(0.55));
  CHECK(*nash_rate(channel, lab, 0.0, 0, 1) == Approx(0.2));  // all to the lab: the channel gains nothing
  CHECK(*nash_rate(channel, lab, 1.0, 0, 1) == Approx(0.9));
  CHECK(*nash_rate(channel, lab, 0.5, 0, 0.5) == 0.5);
  CHECK(!nash_rate(channel, lab, 0.5, 0, 0.1));  // it would lose money at any rate allowed
}

TEST_CASE("the bargained rate maximises the product of the gains, whatever third parties take", "[market][bargain]") {
  // The lab passes on a fifth of its revenue, half of it to the channel's firm: a point of the rate costs it .8 and
  // brings the channel .9. The closed form against a search of the rate in steps of 1e-5.
  for (const double b : {0.2, 0.5, 0.8})
    for (const double start : {-5.0, 10.0}) {
      const GainLine channel{start, 90}, lab{60, -80};
      double best = -1.0, at = 0.0;
      for (int i = 0; i <= 100'000; ++i) {
        const double r = i * 1e-5;
        if (channel.at(r) < 0 || lab.at(r) < 0) continue;
        const double product = std::pow(channel.at(r), b) * std::pow(lab.at(r), 1 - b);
        if (product > best) best = product, at = r;
      }
      CHECK(std::abs(*nash_rate(channel, lab, b, 0, 1) - at) < 1.1e-5);
    }
}

TEST_CASE("a rate that both want higher is the highest", "[market][bargain]") {
  CHECK(*nash_rate({1, 2}, {3, 0}, 0.5, 0.1, 0.4) == 0.4);
  CHECK(*nash_rate({1, -0.5}, {3, 0}, 0.5, 0.1, 0.4) == 0.1);
  CHECK(!nash_rate({-1, 0}, {3, -1}, 0.5, 0, 1));
  CHECK_THROWS_AS(nash_rate({1, 1}, {1, -1}, 1.5, 0, 1), std::invalid_argument);
}
