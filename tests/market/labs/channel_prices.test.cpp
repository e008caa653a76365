#include "sim/market/labs/channel_prices.hpp"

#include <cmath>

#include "sim/market/labs/steering.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;

namespace {

const ChannelId kDirect{0}, kNorthShop{1}, kSouthShop{2};

/// Able sells 60 $ a day directly, 30 $ by north, which keeps 40 %, and 10 $ by south, which keeps all and pays the
/// host.
test::SmallMarket sold_market(ChannelPricing pricing, PriceSetter south_sets = PriceSetter::Lab) {
  Parameters p = test::small_parameters();
  p.labs[test::kAble].channel_pricing = pricing;
  Clause north, south;
  north.name = "north";
  auto& first = north.terms.emplace<kinds::Resale>();
  first.lab = "able";
  first.channel = "north-shop";
  first.rate = 0.4;
  south.name = "south";
  auto& second = south.terms.emplace<kinds::Resale>();
  second.lab = "able";
  second.channel = "south-shop";
  second.rate = 1.0;
  second.hosting = HostingPayer::Channel;
  second.sets_price = south_sets;
  p.contracts.push_back(test::contract("terms", {north, south}));
  test::SmallMarket market(p);
  for (double& price : market.board.unit_price) price = 1.0;
  for (double& hours : market.board.unit_compute) hours = 0.1;
  market.board.market.sold = {1, 3};
  market.board.market.sold(test::kAble, kDirect) = 60;
  market.board.market.sold(test::kAble, kNorthShop) = 30;
  market.board.market.sold(test::kAble, kSouthShop) = 10;
  return market;
}

}  // namespace

TEST_CASE("parity has no prices by channel", "[market][labs]") {
  CHECK(reviewed_channel_prices(sold_market(ChannelPricing::Parity).view(), test::kAble).empty());
}

TEST_CASE("the margin rule makes up for its share of what the lab earns less", "[market][labs]") {
  // Margins .8, .6 - .2 = .4 and 0; by sales .8 x .6 + .4 x .3 = .6. Half of +.2, -.2 and -.6, 10 % at most.
  const auto price = reviewed_channel_prices(sold_market(ChannelPricing::Margin).view(), test::kAble);
  CHECK(price[kDirect] == Approx(0.9));
  CHECK(price[kNorthShop] == Approx(1.1));
  CHECK(price[kSouthShop] == Approx(1.1));
}

TEST_CASE("a best reply maximises profit against constant elasticities", "[market][labs]") {
  // Sales q = p^-e at cost .3 and .6 of the price kept, and a part of the sales that leave earns .05 elsewhere:
  // maximise
  // (.6 p - .3) q - .05 q by a search in steps of 1e-4.
  BestReply reply{3.0, 0.2, 0.3, 0.05, 0.6};
  double best = -1e9, at = 0.0;
  for (int i = 5'000; i <= 30'000; ++i) {
    const double p = i * 1e-4, profit = (0.6 * p - 0.35) * std::pow(p, -2.4);
    if (profit > best) best = profit, at = p;
  }
  CHECK(std::abs(reply.price(0.9) - at) < 1.1e-4);
  CHECK(reply.price(0.0) == 1.0);
  reply.kept = 0.0;
  CHECK(reply.price(0.1) == 1.1);
  CHECK(BestReply{1.2, 0.5, 0.3, 0.0, 1.0}.price(0.25) == 1.25);  // elasticity .6: no price is high enough
}

TEST_CASE("who sets the price of a channel replies for itself", "[market][labs]") {
  // South earns the whole price and pays 3 $ x .1, its elasticity 3 (1 - .1) = 2.7: 2.7 / 1.7 x .3 = .476, at the
  // bound.
  const auto price =
      reviewed_channel_prices(sold_market(ChannelPricing::Parity, PriceSetter::Host).view(), test::kAble);
  CHECK(price[kDirect] == 1.0);
  CHECK(price[kNorthShop] == 1.0);
  CHECK(price[kSouthShop] == Approx(0.9));
  const auto list =
      reviewed_channel_prices(sold_market(ChannelPricing::Margin, PriceSetter::Parity).view(), test::kAble);
  CHECK(list[kSouthShop] == 1.0);
}

TEST_CASE("effort follows the advantage within its bounds, and hurries launches", "[market][labs]") {
  Steering policy{0.5, 0.2, 6.0, 0.02, 0.3};
  double effort = 0.0;
  for (int month = 0; month < 6; ++month) effort = next_effort(policy, effort, 0.3);
  CHECK(effort == Approx(0.15 * (1 - std::exp(-1.0))));
  for (int month = 0; month < 600; ++month) effort = next_effort(policy, effort, -2.0);
  CHECK(effort == Approx(-0.2));
  CHECK(port_time_factor(policy, 0.5) == Approx(0.85));
  CHECK(port_time_factor(policy, -3.0) == Approx(1.3));
}

TEST_CASE("a lab favours the channel on which it earns most, and says so once", "[market][labs]") {
  auto market = sold_market(ChannelPricing::Parity);
  market.parameters().labs[test::kAble].steering.strength = 1.0;
  auto& signal = market.board.labs[test::kAble];
  Table<ChannelId, double> effort;
  CHECK(review_effort(market.view(), test::kAble, effort, signal) == "able now favours the channel direct");
  CHECK(review_effort(market.view(), test::kAble, effort, signal).empty());
  CHECK(signal.effort == effort);
  CHECK(signal.effort[kDirect] > 0.0);
  CHECK(signal.effort[kSouthShop] < signal.effort[kNorthShop]);
  market.parameters().labs[test::kAble].steering.strength = 0.0;
  LabSignal idle;
  effort.clear();
  CHECK(review_effort(market.view(), test::kAble, effort, idle).empty());
  CHECK(idle.effort.empty());
}

TEST_CASE("an effort is published in steps of its bound and moves underneath", "[market][labs][posted]") {
  auto market = sold_market(ChannelPricing::Parity);
  Steering& policy = market.parameters().labs[test::kAble].steering;
  policy.strength = 1.0;
  market.parameters().prices.posted_step = 0.1;
  auto& signal = market.board.labs[test::kAble];
  Table<ChannelId, double> effort;
  for (int month = 0; month < 3; ++month) static_cast<void>(review_effort(market.view(), test::kAble, effort, signal));
  for (const ChannelId channel : effort.ids()) {
    const double steps = signal.effort[channel] / (0.1 * policy.bound);
    CHECK(std::abs(steps - std::round(steps)) < 1e-9);
    CHECK(std::abs(signal.effort[channel] - effort[channel]) <= 0.05 * policy.bound + 1e-12);
  }
  CHECK(effort[kDirect] > 0.0);
  CHECK(signal.effort != effort);
}

TEST_CASE("a channel's reach approaches its ceiling", "[market][labs]") {
  Channel direct;
  direct.reach = 0.2;
  CHECK(direct.reach_at(5.0) == 0.2);
  direct.reach_ceiling = 0.8;
  direct.reach_months = 24.0;
  CHECK(direct.reach_at(0.0) == Approx(0.2));
  CHECK(direct.reach_at(2.0) == Approx(0.8 - 0.6 * std::exp(-1.0)));
}
