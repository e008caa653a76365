#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

template <class T>
T at_cloud(const test::Day& day, const Table<PoolId, T>& by_pool, const std::string& cloud) {
  T sum{};
  for (const PoolId pool : day.s().pools_of_cloud[day.cloud(cloud)]) sum += by_pool[pool];
  return sum;
}

}  // namespace

TEST_CASE("clear: where there is room everybody is served, and capacity has no rent", "[market][exchange]") {
  test::Day day;
  const Load load = day.load_it();
  const Allocation got = clear(day.view(), day.interval(), load, day.exchange.network);
  // az: 12 + 6 (work units) + 24 + 16 (streams) + 4 (seats) = 62 of 100; neo: 10, own 6, customers 4 of 50.
  CHECK(at_cloud(day, got.served, "az") == 62);
  CHECK(at_cloud(day, got.served, "neo") == 20);
  CHECK(at_cloud(day, got.own_use, "neo") == 6);
  CHECK(at_cloud(day, got.customers, "neo") == 4);
  CHECK(at_cloud(day, got.interactive, "az") == 62 - 16);  // training is not interactive
  CHECK(at_cloud(day, got.rent, "az") == Money{});
  for (const auto& c : got.classes) CHECK(c.fill == 1.0);
}

TEST_CASE("clear: what a lab reserved is its own", "[market][exchange]") {
  test::Day day;
  const Load load = day.load_it();
  const Allocation got = clear(day.view(), day.interval(), load, day.exchange.network);
  REQUIRE(got.reservations.size() == 1);
  const auto& use = got.reservations[ReservationId(0)];
  CHECK(use.asked == 10);
  CHECK(use.delivered == 10);
  CHECK(use.used == 10);
  std::int64_t reserved = 0;
  for (const ClassId k : got.classes.ids()) reserved += got.reserved(k, day.cloud("az"));
  CHECK(reserved == 10);
}

TEST_CASE("clear: a short pool is full, its rent is the penalty of who waits, and the flow closes",
          "[market][exchange]") {
  test::Day day;
  for (const PoolId pool : day.s().pools_of_cloud[day.cloud("az")]) day.board.pools[pool].available = 40;
  const Load load = day.load_it();
  const Allocation got = clear(day.view(), day.interval(), load, day.exchange.network);
  // 46 interactive H100e come before 16 of training: none is trained, 6 interactive ones are not served.
  CHECK(at_cloud(day, got.served, "az") == 40);
  CHECK(at_cloud(day, got.interactive, "az") == 40);
  CHECK(at_cloud(day, got.rent, "az") > Money{});
  std::int64_t unserved = 0;
  for (const auto amount : day.exchange.network.solution.unserved) unserved += amount;
  CHECK(unserved == 62 - 40);
}

TEST_CASE("clear: a day after others is cleared as if it were the first, at new prices too", "[market][exchange]") {
  test::Day used, fresh;
  const auto clear_it = [](test::Day& day) {
    const Load load = day.load_it();
    return clear(day.view(), day.interval(), load, day.exchange.network);
  };
  const Allocation before = clear_it(used);
  for (test::Day* day : {&used, &fresh}) {
    day->board.clouds[day->cloud("az")].price_index = 1.5;
    for (const PoolId pool : day->s().pools_of_cloud[day->cloud("az")]) day->board.pools[pool].available = 55;
    day->exchange.demand.units[day->cell("direct")] = 9'000'000;
  }
  const Allocation after = clear_it(used), first = clear_it(fresh);
  const auto costs = [](const test::Day& day) {
    std::vector<std::int64_t> out;
    for (const auto& arc : day.exchange.network.table.network.arcs) out.push_back(arc.cost);
    return out;
  };
  CHECK(costs(used) == costs(fresh));
  CHECK(used.exchange.network.solution == fresh.exchange.network.solution);
  CHECK(after.served == first.served);
  CHECK(after.by_host == first.by_host);
  CHECK(at_cloud(used, after.served, "az") == 55);
  CHECK(at_cloud(used, before.served, "az") == 62);
}
