#include "sim/market/exchange/finance/research_funds.hpp"

#include <cmath>

#include "sim/core/error.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

/// 300 H100e of training and 200 of research at 2 $ a day each; 100 $ a day of it are owed anyway.
FundsOfDay day(double room) {
  FundsOfDay d;
  d.room = room;
  d.buffer_days = 30.0;
  d.price = 2.0;
  d.paid = 100.0;
  d.training = 300.0;
  d.research = 200.0;
  return d;
}

double spent(const FundsOfDay& d, const ResearchPlan& plan) {
  return d.price * (plan.training * plan.training_share + plan.research * plan.research_share);
}

}  // namespace

TEST_CASE("research funds: while room lasts the budget stands, to the bit", "[market][exchange][cash]") {
  FundsOfDay d = day(30.0 * 900.0);
  d.training_share = 1.0;
  d.research_share = 1.0;
  CHECK_FALSE(funded_plan(d).is_cut());
  d.room = 1e18;
  d.research_share = 0.37;
  CHECK(funded_plan(d).research_share == 0.37);
  d.price = 0.0;  // nothing was ever bought: nothing says that it costs anything
  d.room = -1.0;
  CHECK(funded_plan(d).research_share == 0.37);
}

TEST_CASE("research funds: research yields first, then training, to what is owed anyway", "[market][exchange][cash]") {
  // 100 $ are owed and 18,000 / 30 = 600 can be spent: all of training, a quarter of research.
  const ResearchPlan some = funded_plan(day(18'000.0));
  CHECK(some.training_share == 1.0);
  CHECK(std::abs(some.research_share - 0.25) < 1e-12);
  const ResearchPlan less = funded_plan(day(6000.0));  // 300 $: half of training
  CHECK(less.research_share == 0.0);
  CHECK(std::abs(less.training_share - 0.5) < 1e-12);
  for (const double room : {0.0, -1.0, -1e12}) {
    CHECK(funded_plan(day(room)).research_share == 0.0);
    CHECK(std::abs(spent(day(room), funded_plan(day(room))) - 100.0) < 1e-9);
  }
  FundsOfDay owed = day(-1.0);
  owed.paid = 1e9;  // more than the plans
  CHECK_FALSE(funded_plan(owed).is_cut());
}

TEST_CASE("research funds: room shrinks like e^(-t/buffer) and is never used up", "[market][exchange][cash]") {
  FundsOfDay d = day(10'000.0);
  for (int i = 1; i <= 365; ++i) {
    d.room -= spent(d, funded_plan(d)) - d.paid;
    REQUIRE(std::abs(d.room / 10'000.0 - std::pow(1.0 - 1.0 / 30.0, i)) < 1e-12);
  }
  // Continuous in room: a dollar more never moves more than its thirtieth part.
  double before = spent(day(-100.0), funded_plan(day(-100.0)));
  for (double room = -100.0; room < 40'000.0; room += 1.0) {
    const double now = spent(day(room), funded_plan(day(room)));
    REQUIRE(now - before >= -1e-9);
    REQUIRE(now - before <= 1.0 / 30.0 + 1e-9);
    before = now;
  }
}
