#include "sim/market/exchange/clearing/chip_ports.hpp"

#include <utility>

#include "sim/core/whole.hpp"
#include "tests/market/exchange/day.hpp"
#include "tests/market/exchange/two_hosts.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::TwoHosts;

namespace {

const std::string kOtherChip = R"(
[supply.other]
firm = "maker"
[supply.other.npu]
h100e = 1
facility_power = "1 kW"
unit_price = "1461 $"
life = "4 y"
)";

/// Of the near cloud's 1000 H100e 600 are on chips of the other vendor, or as many as `other` says.
TwoHosts two_kinds(const std::string& more, std::int64_t other = 600) {
  TwoHosts market(kOtherChip + more);
  for (const PoolId pool : market.s().pools_of_cloud[market.cloud("near")]) {
    auto& chips = market.board.pools[pool].chip_h100e;
    chips.assign(market.s().parameters.chips.size(), 0);
    for (const ChipId chip : chips.ids())
      chips[chip] = market.s().parameters.chips[chip].name == "npu" ? other : 1000 - other;
  }
  return market;
}

}  // namespace

TEST_CASE("ports: a lab uses a cloud up to the kinds of chip that it runs on, and goes elsewhere with the rest",
          "[market][exchange][ports]") {
  TwoHosts all = two_kinds("");
  CHECK(TwoHosts::at(all.clear_day(0), all.cloud("near")) == 700);
  TwoHosts one = two_kinds("[labs.lab.chips.maker]\n");
  for (int day = 0; day < 3; ++day) {
    const SettledInterval cleared = one.clear_day(day);
    CHECK(TwoHosts::at(cleared, one.cloud("near")) == 400);
    CHECK(TwoHosts::at(cleared, one.cloud("far")) == 300);
  }
}

TEST_CASE("ports: the classes of a lab share what it runs on, and what one leaves the other gets in time",
          "[market][exchange][ports]") {
  TwoHosts market = two_kinds(
      "[labs.lab.chips.maker]\n[labs.lab.streams.train]\nproduct = \"training\"\ncompute = \"700 H100e\"\nprice = \"1 "
      "$/H100e-h\"\nefficiency_applies = false\n");
  // 700 of each want 400 near and 500 far: half of the 400 for each, and the consumers come first at far.
  for (int day = 0; day < 40; ++day) {
    const SettledInterval cleared = market.clear_day(day);
    CHECK(TwoHosts::at(cleared, market.cloud("near")) == 400);
    CHECK(TwoHosts::at(cleared, market.cloud("far")) == 500);
    std::int64_t consumers = 0;
    for (const auto amount : cleared.allocation.interactive) consumers += amount;
    CHECK(consumers == 700);
  }
}

TEST_CASE("ports: training keeps to chips of a least strength, other work of the lab does not",
          "[market][exchange][ports]") {
  const std::string train =
      "[labs.lab.streams.train]\nproduct = \"training\"\ncompute = \"2000 H100e\"\nprice = \"1 $/H100e-h\"\n"
      "efficiency_applies = false\n";
  const auto near_and_far = [&](const std::string& chips) {
    TwoHosts market = two_kinds(chips + train, 800);  // 200 of the near 1000 are the maker's
    SettledInterval cleared = market.clear_day(0);
    return std::pair{TwoHosts::at(cleared, market.cloud("near")), TwoHosts::at(cleared, market.cloud("far"))};
  };
  // Both chips have one H100e a unit. Consumers take 700 near, training what is left and all of the far cloud's 500.
  CHECK(near_and_far("[labs.lab.chips.maker]\n[labs.lab.chips.other]\n") == std::pair{1000L, 500L});
  CHECK(near_and_far("[labs.lab.chips.maker]\ntraining_least = 1\n[labs.lab.chips.other]\ntraining_least = 1\n") ==
        std::pair{1000L, 500L});
  // Where it does not train on the other's chips: 200 near. On none: none, near or far.
  CHECK(near_and_far("[labs.lab.chips.maker]\n[labs.lab.chips.other]\ntraining_least = 1.5\n") ==
        std::pair{900L, 500L});
  CHECK(near_and_far("[labs.lab.chips.maker]\ntraining_least = 1.5\n[labs.lab.chips.other]\ntraining_least = 1.5\n") ==
        std::pair{700L, 0L});
}

TEST_CASE("ports: a port opens further chips on its day, says so, and has cost what it costs",
          "[market][exchange][ports]") {
  TwoHosts market = two_kinds(
      "[labs.lab.chips.maker]\n[labs.lab.chips.other]\nfrom = 2026-01-03\ntime = \"6 mo\"\ncost = \"10 M$\"\n");
  CHECK(TwoHosts::at(market.clear_day(1), market.cloud("near")) == 400);
  CHECK(TwoHosts::at(market.clear_day(2), market.cloud("near")) == 700);
  std::vector<Notice> notices;
  for (int day = 0; day < 5; ++day) finished_ports(market.s(), market.day(day), notices);
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].time == core::date(2026, 1, 3));
  CHECK(notices[0].text == "runs on the chips of other");

  const ChipPort& port = market.s().parameters.labs[LabId(0)].chips[1];
  Money spent;
  for (core::SimTime t = core::date(2025, 1, 1); t < core::date(2026, 3, 1); t += core::kDay)
    spent += port_spent(port, t + core::kDay) - port_spent(port, t);
  CHECK(spent == Money::from_usd(10e6));
  CHECK(port_spent(port, core::date(2026, 1, 3)) == Money::from_usd(10e6));
  CHECK(port_spent(port, core::date(2025, 7, 1)) == Money{});  // 182.6 days before
}

TEST_CASE("ports: the books hold the cost of a port, and the audit expects it", "[market][exchange][ports]") {
  // 365.25 $ over 12 months of 30.4375 days: 1 $ a day.
  test::Day day(kOtherChip +
                "[labs.oai.chips.maker]\n[labs.oai.chips.other]\nfrom = 2026-01-11\ntime = \"12 mo\"\ncost = "
                "\"365.25 $\"\n");
  test::Day without;
  const auto other_costs = [](const SettledInterval& settled) {
    Money sum;
    for (const Entry& entry : settled.settlement.entries)
      if (entry.category == Category::OtherCost) sum += entry.amount;
    return sum;
  };
  SettledInterval settled = day.settle_it();
  CHECK(other_costs(settled) == other_costs(without.settle_it()) + Money::from_usd(1.0));
  CHECK(day.close(std::move(settled)).empty());
}

TEST_CASE("ports: facts state the share that a lab runs on", "[market][exchange][ports]") {
  TwoHosts market = two_kinds("[labs.lab.chips.maker]\n");
  const auto facts = port_facts(market.view(), market.day(0).start);
  REQUIRE(facts.size() == 2);
  for (const PortFact& fact : facts) CHECK(fact.share == (fact.host == market.cloud("near") ? 0.4 : 1.0));
}
