#include "sim/market/pricing/channel_margin.hpp"

#include "sim/market/pricing/effort_cost.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;

namespace {

const ChannelId kDirect{0}, kNorthShop{1}, kSouthShop{2};

Clause resale(const std::string& channel, double rate, HostingPayer payer) {
  Clause clause;
  clause.name = "resale-" + channel;
  auto& terms = clause.terms.emplace<kinds::Resale>();
  terms.lab = "able";
  terms.channel = channel;
  terms.rate = rate;
  terms.hosting = payer;
  return clause;
}

Clause revshare(const std::string& payer, const std::string& payee, RevshareBase base, double rate) {
  Clause clause;
  clause.name = "share-" + payer;
  auto& terms = clause.terms.emplace<kinds::Revshare>();
  terms.lab = "able";
  terms.payer = payer;
  terms.payee = payee;
  terms.base = base;
  terms.rate = rate;
  if (base == RevshareBase::ChannelRevenue) terms.channel = "north-shop";
  return clause;
}

/// A work unit costs 1 $ and takes .1 H100e-hours; an hour costs 2 $ at north, 3 $ at south.
test::SmallMarket market_with(std::vector<Clause> clauses) {
  Parameters p = test::small_parameters();
  p.labs[test::kAble].other_cost_share = 0.1;
  p.contracts.push_back(test::contract("terms", std::move(clauses)));
  test::SmallMarket market(p);
  for (double& price : market.board.unit_price) price = 1.0;
  for (double& hours : market.board.unit_compute) hours = 0.1;
  return market;
}

}  // namespace

TEST_CASE("what a lab keeps of a dollar follows from rate, shares, costs and who pays the host", "[market][pricing]") {
  auto market =
      market_with({resale("north-shop", 0.3, HostingPayer::Lab), resale("south-shop", 1.0, HostingPayer::Channel),
                   revshare("Able", "North", RevshareBase::LabRevenue, 0.2),
                   revshare("North", "Able", RevshareBase::ChannelRevenue, 0.05)});
  // Direct: 1 less 10 % other costs and 20 % to North; .1 hours at the best host, north, 2 $.
  const ChannelMargin direct = lab_margin(market.view(), test::kAble, kDirect);
  CHECK(direct.open);
  CHECK(direct.kept == Approx(0.7));
  CHECK(direct.cost == Approx(0.2));
  CHECK(direct.at(1.1) == Approx(0.57));
  // North's shop: .7 of the price, less a tenth and a fifth of it, plus 5 % of the price.
  const ChannelMargin north = lab_margin(market.view(), test::kAble, kNorthShop);
  CHECK(north.kept == Approx(0.7 * 0.7 + 0.05));
  CHECK(north.cost == Approx(0.2));
  // South keeps all and pays the host.
  const ChannelMargin south = lab_margin(market.view(), test::kAble, kSouthShop);
  CHECK(south.kept == Approx(0.0).margin(1e-12));
  CHECK(south.cost == 0.0);
}

TEST_CASE("a seller has its rate, its part of the lab's shares, and what it earns or saves as host",
          "[market][pricing]") {
  auto market =
      market_with({resale("north-shop", 0.3, HostingPayer::Lab), resale("south-shop", 1.0, HostingPayer::Channel),
                   revshare("Able", "North", RevshareBase::LabRevenue, 0.2)});
  market.board.clouds[test::kNorth].cost_per_h100e_hour = 0.5;
  market.board.clouds[test::kSouth].cost_per_h100e_hour = 0.8;
  // North keeps 30 % and a fifth of the other 70 %; it hosts at 2 $ what costs it .5.
  const ChannelMargin north = seller_margin(market.view(), test::kAble, kNorthShop);
  CHECK(north.kept == Approx(0.3 + 0.2 * 0.7));
  CHECK(north.cost == Approx(0.1 * (0.5 - 2.0)));
  const ChannelMargin south = seller_margin(market.view(), test::kAble, kSouthShop);
  CHECK(south.kept == 1.0);
  CHECK(south.cost == Approx(0.1 * 0.8));
  CHECK(!seller_margin(market.view(), test::kAble, kDirect).open);  // nobody but the lab
}

TEST_CASE("an advantage is over what the lab earns on all that it sells", "[market][pricing]") {
  auto market =
      market_with({resale("north-shop", 0.3, HostingPayer::Lab), resale("south-shop", 1.0, HostingPayer::Channel)});
  // Margins .9 - .2, .63 - .2 and 0. Nothing was sold yet: all count alike.
  const double mean = (0.7 + 0.43 + 0.0) / 3;
  auto advantage = channel_advantages(market.view(), test::kAble);
  CHECK(advantage[kDirect] == Approx(0.7 - mean));
  CHECK(advantage[kSouthShop] == Approx(-mean));
  // Three quarters are sold by south, the rest directly.
  market.board.market.sold = {1, 3};
  market.board.market.sold(test::kAble, kDirect) = 1.0;
  market.board.market.sold(test::kAble, kSouthShop) = 3.0;
  advantage = channel_advantages(market.view(), test::kAble);
  CHECK(advantage[kDirect] == Approx(0.7 - 0.175));
  CHECK(advantage[kNorthShop] == Approx(0.43 - 0.175));
}

TEST_CASE("the price on a channel is relative to the lab's list", "[market][pricing]") {
  auto market = market_with({resale("north-shop", 0.3, HostingPayer::Lab)});
  const double before = lab_margin(market.view(), test::kAble, kNorthShop).cost;
  for (const double price : {1.0, 1.25, 1.0}) market.board.labs[test::kAble].channel_price.push_back(price);
  for (const AlternativeId a : market.compiled().alternatives.ids())
    if (market.compiled().alternatives[a].channel == kNorthShop) market.board.unit_price[a] = 1.25;
  CHECK(lab_margin(market.view(), test::kAble, kNorthShop).cost == Approx(before));
}

TEST_CASE("effort costs its share at the bound, and neglect saves nothing", "[market][pricing]") {
  Steering policy;
  policy.bound = 0.4;
  policy.cost_share = 0.02;
  LabSignal signal;
  CHECK(effort_cost_share(policy, signal) == 0.0);
  for (const double effort : {0.4, -0.4, 0.1}) signal.effort.push_back(effort);
  CHECK(effort_cost_share(policy, signal) == Approx(0.025));
}
