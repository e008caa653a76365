#include "sim/market/exchange/clearing/leases.hpp"

#include <numbers>

#include "tests/market/exchange/day.hpp"
#include "tests/market/exchange/two_hosts.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::TwoHosts;

namespace {

const std::string kLeases = "[leases]\noffered = \"50 %\"\nterm = \"2 mo\"\nweight = \"50 %\"\nleast = \"1 H100e\"\n";

/// The lab may run at near alone and wants 1200 of its 1000 H100e; far has 500 idle at a cost of .5 $/H100e-h.
TwoHosts short_market(const std::string& more = kLeases, const std::string& wanted = "1200 H100e",
                      const std::string& clearing = "rho_max = 1") {
  std::string text = test::two_hosts("");
  text.replace(text.find("rho_max = 1"), 11, clearing);
  text.replace(text.find("700 H100e"), 9, wanted);
  text.replace(text.find("[labs.lab.routes.far]"), 21, "");
  TwoHosts market(more, text);
  market.board.clouds[market.cloud("far")].cost_per_h100e_hour = 0.5;
  return market;
}

Money paid_for_leases(const std::vector<Entry>& entries) {
  Money sum;
  for (const Entry& entry : entries)
    if (entry.category == Category::Lease) sum += entry.amount;
  return sum;
}

std::vector<Entry> audited(TwoHosts& market, const SettledInterval& day) {
  const auto& exchange = market.exchange;
  return audit({market.view(), day.interval, exchange.demand, exchange.network.table, exchange.network.solution,
                day.load.cell_volume, exchange.capital, exchange.cleared, exchange.leases.leases},
               market.exchange.audit);
}

}  // namespace

TEST_CASE("leases: the price lies between the lessor's cost and the lessee's list", "[market][exchange][leases]") {
  CHECK(lease_price(0.5, 1.0, 0.5) == 0.75);
  CHECK(lease_price(0.5, 1.0, 0.0) == 0.5);
  CHECK(lease_price(0.5, 1.0, 1.0) == 1.0);
}

TEST_CASE("leases: what was turned away meets what was idle, for a term", "[market][exchange][leases]") {
  auto market = short_market();
  const SettledInterval day = market.clear_day(0);
  LeaseMonth month;
  count_month(market.view(), day.interval, day.load, market.exchange.network.table, day.allocation, month);
  const CloudId near = market.cloud("near"), far = market.cloud("far");
  CHECK(month.idle[far] == 500 * 24.0);
  CHECK(month.idle[near] == 0.0);
  CHECK(month.short_of[near] == 200 * 24.0);
  const auto leases = new_leases(market.view(), month, core::date(2026, 2, 1));
  REQUIRE(leases.size() == 1);
  CHECK(leases[0].lessor == far);
  CHECK(leases[0].lessee == near);
  CHECK(leases[0].h100e == 200);
  CHECK(leases[0].until == core::date(2026, 4, 1));

  month.short_of[near] = 400 * 24.0;  // half of what is idle is offered
  CHECK(new_leases(market.view(), month, core::date(2026, 2, 1)).front().h100e == 250);
  market.board.clouds[far].cost_per_h100e_hour = 1.0;  // nothing to gain
  CHECK(new_leases(market.view(), month, core::date(2026, 2, 1)).empty());
}

TEST_CASE("leases: leased capacity is the lessee's, and paid for as far as it is delivered",
          "[market][exchange][leases]") {
  auto market = short_market();
  const CloudId near = market.cloud("near"), far = market.cloud("far");
  market.exchange.leases.leases = {{far, near, 150, 0.5, 1.0, core::date(2026, 1, 1), core::date(2026, 3, 1)},
                                   {far, near, 50, 0.7, 1.1, core::date(2026, 1, 1), core::date(2026, 4, 1)}};
  const SettledInterval day = market.clear_day(0);
  CHECK(TwoHosts::at(day, near) == 1200);
  CHECK(day.allocation.served[market.s().pools_of_cloud[far].front()] == 200);
  CHECK(day.allocation.leases[LeasePairId(0)].used == 200);
  CHECK(paid_for_leases(day.settlement.entries) == Money::from_usd(24 * (150 * 0.75 + 50 * 0.9)));
  CHECK(paid_for_leases(audited(market, day)) == paid_for_leases(day.settlement.entries));

  market.set_capacity("far", 101);  // the lessor has less than it owes: 75 and 26 of 101
  const SettledInterval less = market.clear_day(1);
  CHECK(TwoHosts::at(less, near) == 1101);
  CHECK(paid_for_leases(less.settlement.entries) == Money::from_usd(24 * 75 * 0.75) + Money::from_usd(24 * 26 * 0.9));
  CHECK(paid_for_leases(audited(market, less)) == paid_for_leases(less.settlement.entries));

  market.set_capacity("far", 500);
  market.set_capacity("near", 2000);  // taken or not, it is paid for
  CHECK(paid_for_leases(market.clear_day(2).settlement.entries) == Money::from_usd(24 * (150 * 0.75 + 50 * 0.9)));
  CHECK(TwoHosts::at(market.clear_day(60), near) == 1200);  // one has ended, on 1 March
  CHECK(market.exchange.network.table.leased[LeasePairId(0)].h100e == 50);
}

TEST_CASE("leases: what is used divides by what each lessor lent", "[market][exchange][leases]") {
  // near has nothing and is to serve 200; it leases 300 of far and 100 of third: 150 and 50 of them are used.
  auto market =
      short_market(kLeases +
                       "[firms.third]\n[clouds.third]\nfirm = \"third\"\ninvests = false\nprice = \"2 $/H100e-h\"\n"
                       "[clouds.third.regions.one]\nshare = 1\n[clouds.third.regions.one.fleet]\nh100 = 100\n",
                   "200 H100e");
  market.set_capacity("near", 0);
  for (auto& pool : market.board.pools) pool.installed = pool.available;
  const CloudId near = market.cloud("near"), far = market.cloud("far"), third = market.cloud("third");
  const core::SimTime start = core::date(2026, 1, 1), end = core::date(2026, 3, 1);
  market.exchange.leases.leases = {{far, near, 300, 0.5, 1.0, start, end}, {third, near, 100, 1.0, 1.5, start, end}};
  const SettledInterval day = market.clear_day(0);
  CHECK(TwoHosts::at(day, near) == 200);
  const auto pools = pool_facts(market.view(), day.allocation, market.exchange.network);
  const auto pool = [&](CloudId cloud) { return market.s().pools_of_cloud[cloud].front(); };
  CHECK(day.allocation.served[pool(far)] == 150);
  CHECK(day.allocation.served[pool(third)] == 50);
  CHECK(day.allocation.interactive[pool(third)] == 50);
  CHECK(pools[pool(far)].idle == 350);  // 200 of it are not lent
  CHECK(pools[pool(third)].idle == 50);
  CHECK(paid_for_leases(day.settlement.entries) == Money::from_usd(24 * (300 * 0.75 + 100 * 1.25)));
  CHECK(paid_for_leases(audited(market, day)) == paid_for_leases(day.settlement.entries));
  market.set_capacity("third", 10);  // it delivers less than it owes
  const SettledInterval less = market.clear_day(1);
  CHECK(less.allocation.leases[LeasePairId(1)].delivered == 10);
  CHECK(less.allocation.leases[LeasePairId(0)].used == 193);  // 200 x 300 / 310 = 193.5, cumulated and cut
  CHECK(less.allocation.leases[LeasePairId(1)].used == 7);
  CHECK(paid_for_leases(audited(market, less)) == paid_for_leases(less.settlement.entries));
}

TEST_CASE("leases: what peaks withhold of leased capacity stays with its lessors", "[market][exchange][leases]") {
  // near has nothing and leases 150 of far and 50 of third for a load whose mean is 200 and whose peak is 260.
  std::string third =
      "[firms.third]\n[clouds.third]\nfirm = \"third\"\ninvests = false\nprice = \"2 $/H100e-h\"\n"
      "[clouds.third.regions.one]\nshare = 1\n[clouds.third.regions.one.fleet]\nh100 = 100\n";
  auto market = short_market(kLeases + third, "200 H100e", "rho_max = 1\nswing.consumer = \"30 %\"");
  market.set_capacity("near", 0);
  for (auto& pool : market.board.pools) pool.installed = pool.available;
  const CloudId near = market.cloud("near"), far = market.cloud("far"), lessor = market.cloud("third");
  const core::SimTime start = core::date(2026, 1, 1), end = core::date(2026, 3, 1);
  market.exchange.leases.leases = {{far, near, 150, 0.5, 1.0, start, end}, {lessor, near, 50, 1.0, 1.5, start, end}};
  const SettledInterval day = market.clear_day(0);
  // A sine of swing a about a capacity turns a / pi of it away.
  CHECK(TwoHosts::at(day, near) == static_cast<std::int64_t>(200 * (1 - 0.3 / std::numbers::pi)));
  const auto pool = [&](CloudId cloud) { return market.s().pools_of_cloud[cloud].front(); };
  CHECK(day.allocation.lost_at_peaks[pool(near)] == 200 - TwoHosts::at(day, near));
  const auto pools = pool_facts(market.view(), day.allocation, market.exchange.network);
  for (const CloudId cloud : {far, lessor}) {
    CHECK(day.allocation.served[pool(cloud)] > 0);
    CHECK(pools[pool(cloud)].idle >= 0);
    CHECK(pools[pool(cloud)].idle + day.allocation.served[pool(cloud)] == (cloud == far ? 500 : 100));
  }
  std::int64_t lent = 0;
  for (const LentPart& part : market.exchange.network.table.lent) lent += part.h100e;
  CHECK(lent == 200);
  CHECK(paid_for_leases(audited(market, day)) == paid_for_leases(day.settlement.entries));
}

TEST_CASE("leases: they are signed at the end of a month, and the books close", "[market][exchange][leases]") {
  auto market = short_market();
  for (int day = 0; day < 150; ++day) book_interval(market.exchange, market.view(), market.clear_day(day), nullptr);
  REQUIRE_FALSE(market.exchange.notices.empty());
  const Notice& first = market.exchange.notices.front();
  CHECK(first.kind == "lease");
  CHECK(first.subject == "near");
  CHECK(first.text == "leases 200 H100e from far until 2026-04-01 at 0.75 $/H100e-h");
  // Signed on 1 February for two months; while it lasts nobody is turned away, so the next one follows on 1 May.
  REQUIRE(market.exchange.notices.size() == 2);
  CHECK(market.exchange.notices.back().time == core::date(2026, 5, 1));
}

TEST_CASE("leases: where nothing is offered nobody leases", "[market][exchange][leases]") {
  auto market = short_market("");
  for (int day = 0; day < 62; ++day) book_interval(market.exchange, market.view(), market.clear_day(day), nullptr);
  CHECK(market.exchange.leases.leases.empty());
  CHECK(market.exchange.notices.empty());
}

TEST_CASE("leases: what a ramp alone withholds was not turned away", "[market][exchange][leases][hosting]") {
  TwoHosts market(kLeases + test::kRamp);
  const CloudId near = market.cloud("near"), far = market.cloud("far");
  const auto short_of = [&](const SettledInterval& day) {
    LeaseMonth month;
    count_month(market.view(), day.interval, day.load, market.exchange.network.table, day.allocation, month);
    return (month.short_of[near] + month.short_of[far]) / 24.0;
  };
  CHECK(short_of(market.clear_day(0)) == 0.0);
  // near is gone; the ramp lets 24 of the 700 go to far, whose other 476 stand idle: 200 are too many for both.
  market.set_capacity("near", 0);
  const SettledInterval day = market.clear_day(1);
  CHECK(TwoHosts::at(day, far) == 24);
  CHECK(short_of(day) == 200.0);
}

TEST_CASE("leases: a load moves to leased capacity no faster than to the lessee's own",
          "[market][exchange][leases][hosting]") {
  TwoHosts market(kLeases + test::kRamp);
  const CloudId near = market.cloud("near"), far = market.cloud("far");
  market.set_capacity("near", 200);
  CHECK(TwoHosts::at(market.clear_day(0), near) == 200);
  // far lends 100 of its 500. The 100 that have to leave it find them at near, which has 300 of 700 H100e: one day adds
  // 700 / 30.4375 x 3/7 + 1 = 10.9: 7.2 in near's own 200, which are full, and 3.6 in the leased 100.
  market.exchange.leases.leases = {{far, near, 100, 0.5, 1.0, core::date(2026, 1, 2), core::date(2026, 3, 1)}};
  const SettledInterval day = market.clear_day(1);
  CHECK(TwoHosts::at(day, far) == 400);
  CHECK(TwoHosts::at(day, near) == 204);
  CHECK(day.allocation.leases[LeasePairId(0)].used == 4);
}

TEST_CASE("leases: who waits on leased capacity waits at the lessee", "[market][exchange][leases]") {
  auto market = short_market();
  const CloudId near = market.cloud("near"), far = market.cloud("far");
  market.exchange.leases.leases = {{far, near, 200, 0.5, 1.0, core::date(2026, 1, 1), core::date(2026, 3, 1)}};
  market.set_capacity("near", 1050);
  market.set_capacity("far", 200);  // all of it is lent and full: there is a queue, and none of it is far's
  for (auto& pool : market.board.pools) pool.installed = pool.available;
  const SettledInterval day = market.clear_day(0);
  const auto pools = pool_facts(market.view(), day.allocation, market.exchange.network);
  CHECK(pools[market.s().pools_of_cloud[far].front()].wait_hours > 0);
  const Signals signals = publish({market.view(), day.interval, market.exchange.network.table, day.load, day.allocation,
                                   pools, day.settlement.entries, day.settlement.receipts,
                                   market.exchange.capital.assets, market.exchange.accounts.month_revenue},
                                  market.exchange.signals);
  CHECK(signals.clouds[far].wait_hours == 0.0);
  double waited = 0.0;
  for (const CloudId cloud : {near, far})
    waited += pools[market.s().pools_of_cloud[cloud].front()].wait_hours *
              static_cast<double>(day.allocation.served[market.s().pools_of_cloud[cloud].front()]);
  CHECK(signals.clouds[near].wait_hours == Approx(waited / 1200).epsilon(1e-12));
}

TEST_CASE("leases: what a payee has lent out is no room for what was committed to it",
          "[market][exchange][leases][commitments]") {
  // The lab owes far 316,800 $ for a day, of which none is used: near is cheaper. far has 500 idle, 450 of them lent.
  const std::string commitment =
      "[contracts.commit]\nparties = [\"lab\", \"far\"]\n[contracts.commit.versions.first]\nsigned = 2025-01-01\n"
      "effective = 2025-01-01\n[contracts.commit.versions.first.clauses]\ntake = { kind = \"commit\", payer = "
      "\"lab\", payee = \"far\", amount = \"316800 $\", from = 2026-01-01, until = 2026-01-02 }\n";
  TwoHosts market(kLeases + commitment);
  const CloudId near = market.cloud("near"), far = market.cloud("far");
  const auto reasons = [&](const SettledInterval& day) {
    for (const Notice& notice : day.settlement.notices)
      if (notice.kind == "shortfall") return notice.text.substr(notice.text.rfind(": ") + 2);
    return std::string("no shortfall");
  };
  // 12,000 H100e a day at 1.1 $ are committed to; the 700 that are wanted run at near.
  CHECK(reasons(market.clear_day(0)) == "no demand (94 %)");
  market.exchange.accounts = first_exchange(market.world.regime()).accounts;
  market.exchange.leases.leases = {{far, near, 450, 0.5, 1.0, core::date(2026, 1, 1), core::date(2026, 3, 1)}};
  CHECK(reasons(market.clear_day(0)) == "no demand (94 %), no capacity (5 %)");
}
