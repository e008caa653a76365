#include "sim/market/negotiation/trigger.hpp"

#include "sim/market/negotiation/watch.hpp"
#include "tests/market/negotiation/clauses.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;
using test::kDay5;
using test::kDay6;

namespace {

/// One window's scan of the triggers.
struct Scan {
  std::vector<TriggerState> triggers;
  std::vector<RenegotiationState> renegotiations;
  PendingChanges pending;
  void operator()(const test::SmallMarket& market, core::SimTime start) {
    watch_triggers(triggers, renegotiations, market.view(), start, start + core::kDay, pending);
  }
  [[nodiscard]] bool fired() const { return !triggers.empty() && triggers.front().fired; }
};

Clause unserved_trigger(double share, int lasting_days) {
  Clause clause = test::trigger("shortage");
  auto& terms = *clause.get_if<kinds::Trigger>();
  terms.of_lab = "able";
  terms.unserved = share;
  terms.lasting = core::days(lasting_days);
  return clause;
}

}  // namespace

TEST_CASE("a dated trigger fires once, at the first boundary from its date on", "[market][negotiation]") {
  Clause clause = test::trigger("date");
  clause.get_if<kinds::Trigger>()->on = kDay6;
  const auto market = test::market_with({clause});
  Scan scan;
  scan(market, kDay5 - core::kDay);
  CHECK(!scan.fired());
  scan(market, kDay5);  // the window ends on the date
  CHECK(scan.fired());
  scan(market, kDay6);
  REQUIRE(scan.pending.changes.size() == 1);
  CHECK(scan.pending.changes.front().contract == "sales");
  CHECK(scan.pending.changes.front().at == kDay6);
  REQUIRE(scan.pending.milestones.size() == 1);
  CHECK(scan.pending.milestones.front().label == "deal/date");
  CHECK(scan.pending.notices.size() == 1);
}

TEST_CASE("a condition must hold without interruption for as long as the trigger says", "[market][negotiation]") {
  auto market = test::market_with({unserved_trigger(0.25, 2)});
  auto& unserved = market.board.market.unserved[test::kAble];
  Scan scan;
  unserved = 0.25;
  scan(market, kDay5);
  CHECK(!scan.fired());
  unserved = 0.125;
  scan(market, kDay6);  // interrupted
  unserved = 0.5;
  scan(market, kDay6 + core::kDay);
  CHECK(!scan.fired());
  scan(market, kDay6 + core::days(2));
  CHECK(scan.fired());
}

TEST_CASE("concentration and a firm's share are read of the trigger's own layer", "[market][negotiation]") {
  Clause clause = test::trigger("power");
  auto& terms = *clause.get_if<kinds::Trigger>();
  terms.layer = Layer::Model;
  terms.hhi = 2'500.0;
  terms.share_above = 0.5;
  terms.of_firm = "Able";
  auto market = test::market_with({clause});
  auto& signal = market.board.market;
  for (const Layer layer : signal.hhi.keys()) signal.share[layer].assign(4, 0.0);
  const PartyId able(0);
  const auto fires = [&] {
    Scan scan;
    scan(market, kDay5);
    return scan.fired();
  };
  signal.hhi[Layer::Application] = 10'000.0;
  signal.share[Layer::Application][able] = 1.0;
  CHECK(!fires());
  signal.hhi[Layer::Model] = 2'500.0;
  CHECK(!fires());
  signal.share[Layer::Model][able] = 0.5;
  CHECK(fires());
}

TEST_CASE("a trigger calls a meeting under the renegotiation that it names", "[market][negotiation]") {
  Clause clause = test::trigger("call");
  auto& terms = *clause.get_if<kinds::Trigger>();
  terms.on = kDay5;
  terms.switches_off.clear();
  terms.renegotiates = "talks";
  const auto market = test::market_with({clause, test::renegotiation()});
  Scan scan;
  scan(market, kDay5);
  REQUIRE(scan.renegotiations.size() == 1);
  CHECK(scan.renegotiations.front().label == "deal/talks");
  CHECK(scan.renegotiations.front().due == kDay5);
  CHECK(scan.pending.changes.empty());
}
