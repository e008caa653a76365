#include "sim/market/negotiation/tender.hpp"

#include "sim/market/negotiation/bids.hpp"
#include "sim/market/negotiation/watch.hpp"
#include "tests/market/negotiation/clauses.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;
using test::kDay5;
using test::kDay6;

namespace {

const Clause& clause_named(const test::SmallMarket& market, const std::string& name) {
  for (const auto& m : market.compiled().money)
    if (market.compiled().clause_of(m).name == name) return market.compiled().clause_of(m);
  throw std::logic_error("no clause " + name);
}

/// 50 H100e for sale at each cloud.
test::SmallMarket open_market(std::vector<Clause> clauses) {
  auto market = test::market_with(std::move(clauses));
  for (auto& signal : market.board.clouds) signal.available = 50.0;
  return market;
}

}  // namespace

TEST_CASE("free compute is what is for sale less demand or reservations, whichever is more", "[market][negotiation]") {
  Clause later = test::reservation("later", 15.0);
  later.from = core::date(2026, 3, 1);
  auto market = open_market({test::reservation("now", 20.0), later});
  auto& signal = market.board.clouds[test::kNorth];
  signal.demand = 10.0;
  CHECK(free_h100e(market.view(), test::kNorth, kDay5) == 15.0);  // 50 - (20 + 15): one that begins later counts
  signal.demand = 40.0;
  CHECK(free_h100e(market.view(), test::kNorth, kDay5) == 10.0);
  CHECK(free_h100e(market.view(), test::kSouth, kDay5) == 50.0);
}

TEST_CASE("bids are hosting prices, lowest first, of clouds with the quantity free", "[market][negotiation]") {
  auto market = open_market({test::tender(40.0)});
  const Clause& ask = clause_named(market, "ask");
  const Table<CloudId, double> nothing(2, 0.0);
  const auto bids = find_bids(market.view(), ask, nothing, kDay5);
  REQUIRE(bids.size() == 2);
  CHECK(bids[0].cloud == test::kNorth);
  CHECK(bids[0].price == Money{20'000});  // 2 $ per H100e-hour
  CHECK(bids[1].cloud == test::kSouth);
  CHECK(bids[1].price == Money{30'000});
  Table<CloudId, double> promised = nothing;
  promised[test::kNorth] = 20.0;  // awarded in this window already
  const auto left = find_bids(market.view(), ask, promised, kDay5);
  REQUIRE(left.size() == 1);
  CHECK(left[0].cloud == test::kSouth);
}

TEST_CASE("a tender is held once, and the lowest bid wins a reservation", "[market][negotiation]") {
  const auto market = open_market({test::tender(40.0)});
  std::vector<TenderState> tenders;
  PendingChanges pending;
  watch_tenders(tenders, market.view(), kDay5 - core::kDay, kDay5, pending);
  watch_tenders(tenders, market.view(), kDay5, kDay6, pending);
  REQUIRE(pending.changes.size() == 1);
  const auto& award = pending.changes.front();
  CHECK(award.at == kDay5);
  CHECK(award.contract == "deal");
  CHECK(award.parties == std::vector<std::string>{"Able", "North"});
  CHECK(tender_signals(tenders, kDay6).empty());
}

TEST_CASE("a tender that nobody can serve fails, and is short for its term", "[market][negotiation]") {
  const auto market = open_market({test::tender(60.0)});
  std::vector<TenderState> tenders;
  PendingChanges pending;
  watch_tenders(tenders, market.view(), kDay5 - core::kDay, kDay5, pending);
  CHECK(pending.changes.empty());
  const auto short_now = tender_signals(tenders, kDay6);
  REQUIRE(short_now.size() == 1);
  CHECK(short_now.front().label == "deal/ask");
  CHECK(short_now.front().short_h100e == 60);
  CHECK(tender_signals(tenders, kDay5 + core::days(90)).empty());
}

TEST_CASE("no tender is held before the first day has been cleared", "[market][negotiation]") {
  Clause early = test::tender(40.0);
  early.get_if<kinds::Tender>()->on = test::kStart;
  const auto market = open_market({early});
  std::vector<TenderState> tenders;
  PendingChanges pending;
  watch_tenders(tenders, market.view(), test::kStart, test::kStart + core::kDay, pending);
  CHECK(pending.changes.empty());
  watch_tenders(tenders, market.view(), test::kStart + core::kDay, test::kStart + core::days(2), pending);
  CHECK(pending.changes.size() == 1);
}
