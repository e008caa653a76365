#include "sim/market/exchange/fleet_use.hpp"

#include <cmath>

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
