#include "sim/market/view/integration.hpp"

#include <cmath>
#include <string>

#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

/// Generally available from the first day of the run on.
Access listed_at_start() {
  Access access;
  access.state = Permission::Ga;
  access.since = test::kStart;
  return access;
}

const Alternative& north(const test::SmallMarket& market) {
  return market.compiled().alternatives[market.alternative("north-shop")];
}

/// Share of 4,000 worlds in which the item has shipped by then.
double shipped_share(const test::SmallMarket& market, const Access& access, Item item, core::SimTime t) {
  int shipped = 0;
  for (std::uint64_t replication = 0; replication < 4'000; ++replication) {
    const core::Draws draws{7, replication};
    const MarketView view{market.regime, draws, market.board};
    shipped += !missing_at(ship_dates(view, north(market), access), t).contains(item);
  }
  return shipped / 4'000.0;
}

/// Within four standard errors of a share of 4,000.
bool is_share(double found, double expected) {
  return std::abs(found - expected) < 4.0 * std::sqrt(expected * (1.0 - expected) / 4'000.0);
}

}  // namespace

TEST_CASE("an item ships with the listing, or an exponential time later", "[market][view][integration]") {
  test::SmallMarket market;
  auto& audit = market.parameters().integration.items[Item::Audit];
  audit.with_listing = 0.4;
  audit.lag_days = 100.0;
  const Access access = listed_at_start();
  CHECK(is_share(shipped_share(market, access, Item::Audit, test::kStart), 0.4));
  // 1 - .6 e^-1.5
  CHECK(
      is_share(shipped_share(market, access, Item::Audit, test::kStart + core::days(150)), 1.0 - 0.6 * std::exp(-1.5)));
  audit.lag_days = 0.0;
  CHECK(shipped_share(market, access, Item::Audit, test::kStart) == 1.0);
}

TEST_CASE("what was always sold has all items but those that its channel misses", "[market][view][integration]") {
  test::SmallMarket market;
  Access access = listed_at_start();
  access.since = core::kAlways;
  CHECK(missing_at(ship_dates(market.view(), north(market), access), test::kStart).empty());
  market.parameters().channels[ChannelId(1)].missing = {Item::State};
  market.parameters().integration.items[Item::State] = {.weight = 1.0, .lag_days = 200.0, .with_listing = 1.0};
  const ItemSet missing = missing_at(ship_dates(market.view(), north(market), access), test::kStart);
  CHECK(missing.size() == 1);
  CHECK(missing.contains(Item::State));
  CHECK(is_share(shipped_share(market, access, Item::State, test::kStart + core::days(200)), 1.0 - std::exp(-1.0)));
}

TEST_CASE("a date of the scenario replaces the draw, and a preview has only what comes with it",
          "[market][view][integration]") {
  test::SmallMarket market;
  for (auto& item : market.parameters().integration.items) item.with_listing = 0.0;
  Access access = listed_at_start();
  access.state = Permission::Preview;
  CHECK(missing_at(ship_dates(market.view(), north(market), access), core::date(2099, 1, 1)) == ItemSet::all());
  auto& items = market.parameters().labs[test::kAble].items;
  items.emplace_back().channel = "north-shop";
  items[0].date[Item::Network] = core::date(2026, 3, 1);
  const auto dates = ship_dates(market.view(), north(market), access);
  CHECK(dates[Item::Network] == core::date(2026, 3, 1));
  CHECK(missing_at(dates, core::date(2026, 2, 28)).contains(Item::Network));
  CHECK(!missing_at(dates, core::date(2026, 3, 1)).contains(Item::Network));
  CHECK(missing_at(dates, core::date(2026, 3, 1)).size() == kItems - 1);
}

TEST_CASE("one more lab, channel or item changes no other date", "[market][view][integration]") {
  Parameters p = test::small_parameters();
  const test::SmallMarket before(p);
  Lab newcomer = p.labs[test::kAble];
  newcomer.name = "aardvark";
  p.vocabulary.labs = {"aardvark", "able"};
  p.labs = {};
  p.labs.push_back(newcomer);
  p.labs.push_back(test::small_parameters().labs[test::kAble]);
  const test::SmallMarket after(p);
  const Access access = listed_at_start();
  for (const Alternative& alternative : after.compiled().alternatives)
    if (after.view().parameters().labs[alternative.lab].name == "able" &&
        after.view().parameters().channels[alternative.channel].name == "north-shop")
      CHECK(ship_dates(after.view(), alternative, access) == ship_dates(before.view(), north(before), access));
}

TEST_CASE("depth by hand: 3 + 1 + 1 of 9, quarters of it, and controls", "[market][view][integration]") {
  IntegrationParameters p;
  p.items[Item::Identity].weight = 3.0;
  ItemSet missing = ItemSet::all();
  CHECK(integration_depth(p, missing) == 0.0);
  missing = missing - [] {
    ItemSet shipped;
    for (const Item item : {Item::Identity, Item::Billing, Item::Tools}) shipped.insert(item);
    return shipped;
  }();
  CHECK(integration_depth(p, missing) == 5.0 / 9.0);
  CHECK(depth_quarters(integration_depth(p, missing)) == 2);
  CHECK(depth_quarters(0.75) == 3);
  CHECK(depth_quarters(1.0) == 4);
  CHECK(control_score(missing) == 0.5);  // identity and billing of four
  CHECK(control_score({}) == 1.0);
}

TEST_CASE("needs are drawn once, with the probability of product and segment", "[market][view][integration]") {
  test::SmallMarket market;
  auto& p = market.parameters();
  p.segments[SegmentId(0)].controls = 0.5;
  p.integration.items[Item::Audit].needed = 0.2;
  p.integration.items[Item::Tools].needed_by_agents = 0.7;
  p.integration.demanding = 0.6;
  const Segment& segment = p.segments[SegmentId(0)];
  CHECK(need_probability(p, segment, Product::ApiStateless, Item::Audit) == Approx(0.6));  // 1 - .8 x .5
  CHECK(need_probability(p, segment, Product::AgentStateful, Item::Audit) == Approx(0.5));
  CHECK(need_probability(p, segment, Product::AgentStateful, Item::Tools) == Approx(0.7));  // no control
  CHECK(demand_probability(p.integration, Product::Batch, 1) == Approx(0.6));
  CHECK(demand_probability(p.integration, Product::Batch, 3) == Approx(0.2));
  CHECK(demand_probability(p.integration, Product::Batch, 4) == 0.0);
  int audit = 0, deep = 0, any = 0;
  for (int k = 0; k < 4'000; ++k) {
    const core::EntityKey key = core::name_hash(std::to_string(k));
    const Needs needs = draw_needs(market.view(), segment, Product::ApiStateless, key);
    audit += needs.items.contains(Item::Audit);
    const int least = needs.least_depth;
    any += least > 0;
    deep += least == 3;
  }
  CHECK(is_share(audit / 4'000.0, 0.6));
  CHECK(is_share(any / 4'000.0, 0.6));
  CHECK(is_share(deep / 4'000.0, 0.2));
}
