#include "sim/market/exchange/leases.hpp"

#include "tests/market/exchange/day.hpp"
#include "tests/market/exchange/two_hosts.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::TwoHosts;

namespace {

const std::string kLeases = "[leases]\noffered = \"50 %\"\nterm = \"2 mo\"\nweight = \"50 %\"\nleast = \"1 H100e\"\n";

/// The lab may run at near alone and wants 1200 of its 1000 H100e; far has 500 idle at a cost of .5 $/H100e-h.
TwoHosts short_market(const std::string& more = kLeases) {
  std::string text = test::two_hosts("");
  text.replace(text.find("700 H100e"), 9, "1200 H100e");
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
  count_month(market.view(), day.interval, day.load, market.exchange.network.table, market.exchange.network.solution,
              day.allocation, month);
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
