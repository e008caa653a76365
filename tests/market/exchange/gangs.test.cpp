#include "sim/market/exchange/clearing/gangs.hpp"

#include "tests/market/exchange/two_hosts.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;
using test::TwoHosts;

namespace {

/// A lab that trains on 700 H100e, in pieces of `block` at least; near is the cheaper of the two clouds.
TwoHosts training(const std::string& block, std::int64_t near, const std::string& more = "") {
  std::string base = test::two_hosts("");
  const std::string consumer = "product = \"consumer\"", firm = "firm = \"lab\"\n";
  base.replace(base.find(consumer), consumer.size(), "product = \"training\"");
  base.replace(base.rfind(firm), firm.size(), firm + "training_block = \"" + block + " H100e\"\n");
  TwoHosts market(more, base);
  market.set_capacity("near", near);
  return market;
}

struct Places {
  std::int64_t near, far;
  friend bool operator==(const Places&, const Places&) = default;
};

Places clear(TwoHosts& market, int day) {
  const SettledInterval cleared = market.clear_day(day);
  return {TwoHosts::at(cleared, market.cloud("near")), TwoHosts::at(cleared, market.cloud("far"))};
}

}  // namespace

TEST_CASE("gangs: a piece below the least size does not run, one of the least size does", "[market][exchange][gangs]") {
  TwoHosts fluid = training("0", 650);
  CHECK(clear(fluid, 0) == Places{650, 50});
  TwoHosts small = training("50", 650);
  CHECK(clear(small, 0) == Places{650, 50});
  TwoHosts large = training("51", 650);
  CHECK(clear(large, 0) == Places{650, 0});
  CHECK(large.exchange.network.table.closed.size() == 1);
}

TEST_CASE("gangs: who has no place of the least size trains in the best one", "[market][exchange][gangs]") {
  TwoHosts market = training("2000", 300);
  // 300 near and 400 far: near is the smaller piece and closes; far has 500.
  CHECK(clear(market, 0) == Places{0, 500});
}

TEST_CASE("gangs: a closed place stays closed until the month ends", "[market][exchange][gangs]") {
  TwoHosts market = training("100", 650);
  CHECK(clear(market, 0) == Places{650, 0});
  market.set_capacity("near", 550);
  for (int day = 1; day < 31; ++day) CHECK(clear(market, day) == Places{550, 0});
  CHECK(clear(market, 31) == Places{550, 150});  // 1 February
  CHECK(market.exchange.network.table.closed.empty());
}

TEST_CASE("gangs: a run that has begun keeps its place with the share that it must keep", "[market][exchange][gangs]") {
  TwoHosts market = training("100", 600, "[hosting]\nblock_kept = \"50 %\"\n");
  CHECK(clear(market, 0) == Places{600, 100});
  market.set_capacity("near", 650);
  CHECK(clear(market, 1) == Places{650, 50});  // half a block is enough to go on
  market.set_capacity("near", 651);
  CHECK(clear(market, 2) == Places{651, 0});
  market.set_capacity("near", 610);
  CHECK(clear(market, 31) == Places{610, 0});  // 1 February: 90 would be a new run, and too small for one
  market.set_capacity("near", 600);
  CHECK(clear(market, 32) == Places{600, 0});
  CHECK(clear(market, 59) == Places{600, 100});  // 1 March
}

TEST_CASE("gangs: a network that is built anew keeps what is closed", "[market][exchange][gangs]") {
  TwoHosts market = training("100", 650);
  CHECK(clear(market, 0) == Places{650, 0});
  market.set_capacity("near", 550);
  market.exchange.network.interval = {};
  CHECK(clear(market, 1) == Places{550, 0});
}

TEST_CASE("gangs: a place opens with a block, however slowly other load may move there", "[market][exchange][gangs]") {
  TwoHosts market = training("100", 1000, test::kRamp);  // far would grow from nothing by one H100e a day
  CHECK(clear(market, 0) == Places{700, 0});
  market.set_capacity("near", 600);
  CHECK(clear(market, 1) == Places{600, 100});
}
