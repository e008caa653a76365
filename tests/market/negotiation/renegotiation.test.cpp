#include "sim/market/negotiation/renegotiation.hpp"

#include <cmath>

#include "tests/market/negotiation/clauses.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;
using test::kDay5;
using test::kDay6;

TEST_CASE("a meeting is due at the end of the window that contains the clause's date", "[market][negotiation]") {
  const auto market = test::market_with({test::renegotiation(kDay5 + core::SimDuration{1})});
  std::vector<RenegotiationState> states;
  watch_renegotiations(states, market.view(), kDay5 - core::kDay, kDay5);
  REQUIRE(states.size() == 1);
  CHECK(states.front().label == "deal/talks");
  CHECK(!appraisal_due(states, market.compiled(), kDay5 - core::kDay, kDay5));
  watch_renegotiations(states, market.view(), kDay5, kDay6);
  CHECK(states.front().due == kDay5 + core::SimDuration{1});
  CHECK(appraisal_due(states, market.compiled(), kDay5, kDay6));
}

TEST_CASE("sides that have agreed, or whose last meeting failed lately, do not meet", "[market][negotiation]") {
  const auto market = test::market_with({test::renegotiation()});
  std::vector<RenegotiationState> states;
  call_meeting(states, market.view(), "deal/talks", kDay5);
  CHECK(appraisal_due(states, market.compiled(), kDay5, kDay6));
  states.front().not_before = kDay6 + core::kDay;
  CHECK(!appraisal_due(states, market.compiled(), kDay5, kDay6));
  states.front().not_before = core::kAlways;
  states.front().agreed = true;
  CHECK(!appraisal_due(states, market.compiled(), kDay5, kDay6));
}

TEST_CASE("an appraisal is due once a period even without a meeting", "[market][negotiation]") {
  Clause clause = test::renegotiation();
  clause.get_if<kinds::Renegotiation>()->period = core::days(5);
  const auto market = test::market_with({clause});
  std::vector<RenegotiationState> states;
  watch_renegotiations(states, market.view(), test::kStart, test::kStart + core::kDay);
  CHECK(!appraisal_due(states, market.compiled(), test::kStart + core::days(3), test::kStart + core::days(4)));
  CHECK(appraisal_due(states, market.compiled(), test::kStart + core::days(4), test::kStart + core::days(5)));
}

TEST_CASE("a hazard calls meetings at its rate, and none where it is 0", "[market][negotiation]") {
  const auto called = [](double per_year) {
    Clause clause = test::renegotiation();
    clause.get_if<kinds::Renegotiation>()->hazard_per_year = per_year;
    const auto market = test::market_with({clause});
    std::vector<RenegotiationState> states;
    watch_renegotiations(states, market.view(), kDay5, kDay6);
    return states.front().due;
  };
  CHECK(called(0.0) == core::kNever);
  CHECK(called(1e4) < kDay6);  // 27 a day
}

TEST_CASE("unmet need gathers in the clause's stock and halves in its half-life", "[market][negotiation]") {
  Clause clause = test::renegotiation();
  clause.get_if<kinds::Renegotiation>()->half_life = core::days(1);
  auto market = test::market_with({clause});
  std::vector<RenegotiationState> states;
  market.board.market.unserved[test::kAble] = 0.5;
  watch_renegotiations(states, market.view(), kDay5, kDay6);
  const double gathered = states.front().unmet.level;
  CHECK(gathered > 0.0);
  market.board.market.unserved[test::kAble] = 0.0;
  watch_renegotiations(states, market.view(), kDay6, kDay6 + core::kDay);
  CHECK(std::abs(states.front().unmet.level - gathered / 2) < 1e-12);
}

TEST_CASE("outside capacity is what barred hosts could take of the unserved load", "[market][negotiation]") {
  auto market = test::market_with({});
  market.board.market.load[test::kAble] = 200.0;
  market.board.market.unserved[test::kAble] = 0.5;  // 100 H100e
  market.board.clouds[test::kSouth].available = 60.0;
  market.board.clouds[test::kSouth].demand = 35.0;
  CHECK(outside_capacity(market.view(), test::kAble, kDay5) == 0.0);  // south may host it already
  market.regime.access.front().lab_hosts[test::kAble] = HostSet::only(test::kNorth);
  CHECK(outside_capacity(market.view(), test::kAble, kDay5) == 0.25);
  market.board.clouds[test::kSouth].available = 1'000.0;
  CHECK(outside_capacity(market.view(), test::kAble, kDay5) == 1.0);
  market.board.market.unserved[test::kAble] = 0.0;
  CHECK(outside_capacity(market.view(), test::kAble, kDay5) == 0.0);
}
