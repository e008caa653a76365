#include "sim/market/exchange/clearing/fleet_use.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

ClassId class_of(const test::Day& day, FleetUse use) {
  const auto& classes = day.exchange.network.table.classes;
  for (const ClassId k : classes.ids())
    if (classes[k].use == use) return k;
  throw std::out_of_range("no such use");
}

}  // namespace

TEST_CASE("fleet use: on the first day it is what the scenario states", "[market][exchange]") {
  test::Day day;
  const Load load = day.load_it();
  CHECK(load.classes[class_of(day, FleetUse::Own)].demand == 6);
  CHECK(load.classes[class_of(day, FleetUse::Customers)].demand == 4);
}

TEST_CASE("fleet use: dearer compute is used less, by the elasticities of the scenario", "[market][exchange]") {
  test::Day day;
  const CloudId neo = day.cloud("neo");
  const auto first = first_costs(day.s());
  CHECK(first[neo] == Approx(50.0 / (50 * 24)));  // depreciation alone: its energy is free
  CHECK(first[day.cloud("az")] == Approx((100.0 + 120.0 + 240.0) / (100 * 24)));  // as settled, by hand
  day.board.clouds[neo].price_index = 2.0;
  day.board.clouds[neo].cost_per_h100e_hour = 3.0 * first[neo];
  const WantedFleetUse wanted = wanted_fleet_use(day.view(), day.interval().end, first);
  CHECK(wanted.own[neo] == Approx(6.0 * std::pow(3.0, -0.3)));
  CHECK(wanted.customers[neo] == Approx(4.0 * std::pow(2.0, -0.5)));  // one seller: the volume answers alone
  CHECK(wanted.own[day.cloud("az")] == 0.0);
}

TEST_CASE("fleet use: where capacity is short, the lower value goes without", "[market][exchange]") {
  test::Day day;
  const CloudId neo = day.cloud("neo");
  for (const PoolId pool : day.s().pools_of_cloud[neo])
    day.board.pools[pool].installed = day.board.pools[pool].available = 17;
  const SettledInterval settled = day.settle_it();
  // The lab's consumers are worth 60 $, own products 40 $, customers 35 $.
  CHECK(settled.allocation.classes[class_of(day, FleetUse::Own)].served == 6);
  CHECK(settled.allocation.classes[class_of(day, FleetUse::Customers)].served == 1);
  const auto pools = pool_facts(day.view(), settled.allocation, day.exchange.network);
  const Signals signals = publish({day.view(), settled.interval, day.exchange.network.table, settled.load,
                                   settled.allocation, pools, settled.settlement.entries, settled.settlement.receipts,
                                   day.exchange.capital.assets, day.exchange.accounts.month_revenue},
                                  day.exchange.signals);
  CHECK(signals.clouds[neo].demand == 20.0);  // what was not served counts
  CHECK(signals.clouds[neo].customers_wait_hours == Approx(24.0 * 3 / 4));
}

TEST_CASE("fleet use: a full cloud takes no new orders until more runs or somebody leaves", "[market][exchange]") {
  test::Day day([](Parameters& p) {
    p.customers.headroom = 0.1;
    for (auto& cloud : p.clouds) cloud.customers_waiting = cloud.name == "neo" ? 0.5 : 0.0;
  });
  const CloudId neo = day.cloud("neo");
  const auto run = [&](std::int64_t h100e) {
    for (const PoolId pool : day.s().pools_of_cloud[neo])
      day.board.pools[pool].installed = day.board.pools[pool].available = h100e;
  };
  const auto orders = [&] {  // of the second day: granted, and waiting
    Load load;
    load.classes.resize(day.exchange.network.table.classes.size());
    load_fleet_uses(day.view(), day.interval().end, day.exchange.network.table, load);
    return std::pair{load.classes[class_of(day, FleetUse::Customers)].other / 1'000'000, load.waiting[neo]};
  };
  run(21);  // the lab's consumers run 10, own products 6, customers 4: 1 is left, less than a tenth
  SettledInterval settled = day.settle_it();
  CHECK(settled.load.classes[class_of(day, FleetUse::Customers)].demand == 4);
  CHECK(settled.load.waiting[neo] == 4);  // they want 8
  std::vector<Notice> notices;
  tell_orders(day.view(), settled.interval.start, day.exchange.network.table, settled.load, settled.allocation,
              day.exchange.refusing, notices);
  REQUIRE(notices.size() == 1);
  CHECK(notices.front().text ==
        "neo has no room for new orders: 50 % of what AI customers want of it waits for capacity");
  REQUIRE(day.close(settled).empty());
  day.board.clouds[neo] = day.exchange.signals.clouds[neo];
  day.board.clouds[neo].customers_wait_hours = 0.0;  // one seller: a wait would only move the volume
  CHECK(day.board.clouds[neo].demand == 24.0);       // what waits is demand
  CHECK(orders() == std::pair<std::int64_t, std::int64_t>{4, 4});
  run(23);  // of two that newly run, new orders may take 1.8
  CHECK(orders() == std::pair<std::int64_t, std::int64_t>{5, 2});
  run(40);
  CHECK(orders() == std::pair<std::int64_t, std::int64_t>{8, 0});
}
