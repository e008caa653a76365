#include "sim/market/exchange/clearing/hosting_limits.hpp"

#include <cmath>

#include "tests/market/exchange/two_hosts.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::kRamp;
using test::TwoHosts;

namespace {

const std::string kSpread = "[hosting]\nspread_free = \"30 %\"\nspread_premium = 1\nspread_power = 1\n";

}  // namespace

TEST_CASE("ramp: a load moves to a cheaper host by what a host's room has of it, and by one H100e a day",
          "[market][exchange][hosting]") {
  TwoHosts market(kRamp);
  CHECK(TwoHosts::at(market.clear_day(0), market.cloud("near")) == 700);  // it had no place before: no limit
  market.set_price("near", 2.0);
  // All 700 a month, a third of them to 500 of 1,500 H100e: 7.67 a day, one beside it, in whole H100e.
  std::int64_t by_hand = 0;
  for (int day = 1; day <= 60; ++day) {
    by_hand = std::min<std::int64_t>(by_hand + 9, 500);
    const SettledInterval cleared = market.clear_day(day);
    REQUIRE(TwoHosts::at(cleared, market.cloud("far")) == by_hand);
    REQUIRE(TwoHosts::at(cleared, market.cloud("near")) == 700 - by_hand);  // nobody waits
  }
  CHECK(by_hand == 500);  // it is through by then
}

TEST_CASE("ramp: a difference of one H100e stays one", "[market][exchange][hosting]") {
  TwoHosts market(kRamp), other(kRamp);
  static_cast<void>(market.clear_day(0));
  static_cast<void>(other.clear_day(0));
  market.set_price("near", 2.0);
  other.set_price("near", 2.0);
  for (auto& host : other.exchange.network.table.at_hosts) host.served += host.host == other.cloud("far") ? 1 : -1;
  for (auto& node : other.exchange.network.table.at_nodes)
    node.served += other.exchange.network.table.at_hosts[node.at].host == other.cloud("far") ? 1 : -1;
  for (int day = 1; day <= 40; ++day)
    REQUIRE(TwoHosts::at(other.clear_day(day), other.cloud("far")) ==
            TwoHosts::at(market.clear_day(day), market.cloud("far")) + 1);
}

TEST_CASE("ramp: leaving is free, coming back is not", "[market][exchange][hosting]") {
  TwoHosts market(kRamp);
  static_cast<void>(market.clear_day(0));
  market.set_capacity("near", 0);
  const SettledInterval away = market.clear_day(1);
  CHECK(TwoHosts::at(away, market.cloud("near")) == 0);
  CHECK(TwoHosts::at(away, market.cloud("far")) == 24);  // 700 a month, all of the room there is, and one
  market.set_capacity("near", 1000);
  CHECK(TwoHosts::at(market.clear_day(2), market.cloud("near")) == 17);  // two thirds of it, and one
}

TEST_CASE("ramp: what grows where it is does not move, and one host alone is no choice",
          "[market][exchange][hosting]") {
  TwoHosts market(
      kRamp +
      "[labs.lab.streams.more]\nproduct = \"api_stateless\"\ncompute = \"10 H100e\"\nprice = \"6 $/H100e-h\"\n");
  static_cast<void>(market.clear_day(0));
  for (auto& load : market.exchange.network.table.loads) load.wanted /= 2;  // as if twice as much were wanted today
  for (auto& host : market.exchange.network.table.at_hosts) host.served /= 2;
  for (auto& node : market.exchange.network.table.at_nodes) node.served /= 2;
  CHECK(TwoHosts::at(market.clear_day(1), market.cloud("near")) == 710);

  std::string one_host = test::two_hosts("");
  one_host.replace(one_host.find("[labs.lab.routes.far]"), 21, "");
  TwoHosts alone(kRamp, one_host);
  static_cast<void>(alone.clear_day(0));
  alone.set_capacity("near", 0);
  static_cast<void>(alone.clear_day(1));
  alone.set_capacity("near", 1000);
  CHECK(TwoHosts::at(alone.clear_day(2), alone.cloud("near")) == 700);
}

TEST_CASE("ramp: a class that is new has the place of its load", "[market][exchange][hosting]") {
  TwoHosts market(kRamp);
  static_cast<void>(market.clear_day(0));
  auto& network = market.exchange.network;
  network.table.load_of_key.clear();  // as if other hosts had made it another class
  network.interval = {};
  market.set_price("near", 2.0);
  CHECK(TwoHosts::at(market.clear_day(1), market.cloud("far")) == 9);
  network.table.load_of_key.clear();
  network.table.classes[ClassId(0)].load_key ^= 1;  // another load: it had no place
  network.interval = {};
  CHECK(TwoHosts::at(market.clear_day(2), market.cloud("far")) == 500);
}

TEST_CASE("spread: one customer of two suppliers divides as water fills the steps", "[market][exchange][hosting]") {
  // Steps reach to .3, .5333, .7667 and 1 of a supplier; their middles lie .1167, .35 and .5833 beyond .3.
  //   near, 1 $:   300 at 1, then 234 at 1.1167, 234 at 1.35, the rest at 1.5833
  //   far, 1.1 $:  150 at 1.1, then 117 at 1.2283, 117 at 1.485, the rest at 1.7417
  // 700 = 300 (near) + 150 (far) + 234 (near) + 16 (far).
  TwoHosts market(kSpread);
  const SettledInterval day = market.clear_day(0);
  CHECK(TwoHosts::at(day, market.cloud("near")) == 534);
  CHECK(TwoHosts::at(day, market.cloud("far")) == 166);
  std::vector<std::int64_t> costs;
  for (const auto& arc : market.exchange.network.table.network.arcs) costs.push_back(arc.cost);
  const auto [near, far] = market.cloud("near") < market.cloud("far") ? std::pair(0, 4) : std::pair(4, 0);
  const auto step = [&](int at) { return costs[static_cast<std::size_t>(at)]; };
  for (const auto& [at, cost] : {std::pair(near, 10000),
                                 {near + 1, 11167},
                                 {near + 2, 13500},
                                 {near + 3, 15833},
                                 {far, 11000},
                                 {far + 1, 12283},
                                 {far + 2, 14850},
                                 {far + 3, 17417}})
    CHECK(step(at) == cost);
}

TEST_CASE("spread: the surcharge is that of the steps in use, a mean and the last unit's",
          "[market][exchange][hosting]") {
  // As above: near 300 at its price and 234 at .1167 more, far 150 and 16 at .1283 more (in 1e-4 $). All of near on
  // its dearest step would be 534 x .1167.
  TwoHosts market(kSpread);
  const SettledInterval day = market.clear_day(0);
  const LabId lab(0);
  const SpreadCost& near = day.allocation.spread(lab, market.cloud("near"));
  const SpreadCost& far = day.allocation.spread(lab, market.cloud("far"));
  CHECK(near.added == 234 * Money{1167});
  CHECK(near.dearest == 534 * Money{1167});
  CHECK(far.added == 16 * Money{1283});
  CHECK(far.dearest == 166 * Money{1283});

  // Twice the price, twice the surcharge: near is 2 $, and all of far's 500 at 1.7417 goes before it, then 200 of near.
  market.set_price("near", 2.0);
  const SettledInterval dear = market.clear_day(1);
  CHECK(TwoHosts::at(dear, market.cloud("near")) == 200);
  CHECK(dear.allocation.spread(lab, market.cloud("near")).added == Money{});
  CHECK(dear.allocation.spread(lab, market.cloud("far")).dearest == 500 * Money{6417});
  market.set_capacity("far", 0);
  CHECK(market.clear_day(2).allocation.spread(lab, market.cloud("near")).added ==
        234 * Money{2333} + 166 * Money{7000});
}

TEST_CASE("spread: a surcharge is never more than that of the last step, and none is charged on the first",
          "[market][exchange][hosting]") {
  TwoHosts market(kSpread + "ramp = \"30 %/mo\"\n"), free(kRamp);
  CHECK(free.clear_day(0).allocation.spread.empty());
  for (int day = 0; day < 60; ++day) {
    market.set_price("near", 1.0 + 0.6 * std::sin(day * 0.7));
    market.set_capacity("near", 1000 - 9 * day);
    const SettledInterval cleared = market.clear_day(day);
    for (const CloudId host : market.s().parameters.clouds.ids()) {
      const SpreadCost& cost = cleared.allocation.spread(LabId(0), host);
      const std::int64_t served = TwoHosts::at(cleared, host);
      const Money last = scaled(
          market.s().serving_cost(LabId(0), host),
          market.board.clouds[host].price_index * spread_surcharge(market.s().parameters.hosting, kSpreadSteps - 1));
      REQUIRE(cost.added >= Money{});
      REQUIRE(cost.added <= cost.dearest);
      REQUIRE(cost.dearest <= served * last);
    }
  }
}

TEST_CASE("spread: what has no choice comes first, and what is paid stays the price", "[market][exchange][hosting]") {
  // 200 of the lab's 700 may run at near alone: they fill 200 of its first 300, and the others find 100 there at 1 $.
  //   500 = 100 (near) + 150 (far) + 234 (near) + 16 (far): near has 200 + 334.
  std::string text = test::two_hosts("");
  text.replace(text.find("700 H100e"), 9, "500 H100e");
  TwoHosts market(
      kSpread +
          "[labs.lab.streams.bound]\nproduct = \"research\"\ncompute = \"200 H100e\"\nprice = \"0 $/H100e-h\"\n"
          "efficiency_applies = false\n[contracts.bound]\nparties = [\"lab\", \"near\"]\n"
          "[contracts.bound.versions.first]\nsigned = 2025-01-01\neffective = 2025-01-01\n"
          "[contracts.bound.versions.first.clauses]\nonly = { kind = \"exclusive\", role = \"TRAIN\", holder = "
          "\"near\", scope = { labs = [\"lab\"] } }\n",
      text);
  const SettledInterval day = market.clear_day(0);
  CHECK(TwoHosts::at(day, market.cloud("near")) == 534);
  CHECK(TwoHosts::at(day, market.cloud("far")) == 166);
  Money paid;
  for (const Entry& entry : day.settlement.entries)
    if (entry.category == Category::Hosting || entry.category == Category::Training) paid += entry.amount;
  CHECK(paid == Money::from_usd(24 * (534 * 1.0 + 166 * 1.1)));
}

TEST_CASE("hosting: a warm network with steps and ramps is solved as a cold one", "[market][exchange][hosting]") {
  TwoHosts market(kRamp + "spread_free = \"10 %\"\nspread_premium = 2\n");
  for (int day = 0; day < 200; ++day) {
    market.set_price("near", 1.0 + 0.4 * std::sin(day * 0.7));
    market.set_capacity("far", 500 - 3 * (day % 90));
    static_cast<void>(market.clear_day(day));
    FlowSolver cold;
    FlowSolution solution;
    cold.solve(market.exchange.network.table.network, solution);
    REQUIRE(solution == market.exchange.network.solution);
  }
}

TEST_CASE("hosting: without its keys the network has one arc from a class to a node", "[market][exchange][hosting]") {
  TwoHosts market;
  static_cast<void>(market.clear_day(0));
  CHECK(market.exchange.network.table.stacks.empty());
  CHECK(market.exchange.network.table.network.arcs.size() == 2);
}
