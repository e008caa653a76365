#include "sim/market/dependency/servable.hpp"

#include <algorithm>
#include <random>

#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;

namespace {

/// North stands in two regions, south in one.
Parameters two_regions() {
  Parameters p = test::small_parameters();
  p.vocabulary.regions = {"eu", "us"};
  p.segments[SegmentId(0)].regions = {{"eu", 0.5}, {"us", 0.5}};
  auto& regions = p.clouds[test::kNorth].regions;
  regions.front().share = 0.5;
  regions.push_back(regions.front());
  regions.front().name = "eu";
  return p;
}

void want(DemandTable& table, std::int64_t h100e, Tier tier, RegionId home = {}, LabId lab = test::kAble) {
  DemandClass k;
  k.lab = lab;
  k.tier = tier;
  k.region = home;
  k.resident = home.exists();
  table.classes.push_back(k);
  FlowClass part;
  part.demand = h100e;
  table.free_part.push_back(table.network.classes.push_back(part));
  table.preferring.push_back({});
}

HostSet both() { return HostSet::only(test::kNorth) | HostSet::only(test::kSouth); }

/// The least cut, over all sets of pools: what pools of the set have, and what may run in the others.
std::int64_t least_cut(const CompiledScenario& s, const DemandTable& table, const Table<PoolId, PoolSignal>& pools,
                       HostSet clouds) {
  std::int64_t least = INT64_MAX;
  for (std::size_t set = 0; set < (std::size_t{1} << pools.size()); ++set) {
    std::int64_t cut = 0;
    for (const PoolId p : pools.ids())
      if (clouds.contains(s.pools[p].cloud) && (set >> p.position() & 1) != 0) cut += pools[p].available;
    for (const ClassId k : table.classes.ids()) {
      const auto& wants = table.classes[k];
      const bool outside = std::any_of(pools.ids().begin(), pools.ids().end(), [&](PoolId p) {
        return clouds.contains(s.pools[p].cloud) && (set >> p.position() & 1) == 0 &&
               (!wants.resident || s.pools[p].region == wants.region);
      });
      if (outside) cut += table.network.classes[table.free_part[k]].demand;
    }
    least = std::min(least, cut);
  }
  return least;
}

}  // namespace

TEST_CASE("one cloud serves a lab tier by tier, as far as its pools reach", "[market][dependency]") {
  test::SmallMarket market;
  market.board.pools[PoolId(0)].available = 60;
  market.board.pools[PoolId(1)].available = 100;
  DemandTable table;
  want(table, 50, Tier::Interactive);
  want(table, 80, Tier::Research);
  const auto north = servable(market.compiled(), table, market.board.pools, test::kAble, HostSet::only(test::kNorth));
  CHECK(north.wanted == std::array<std::int64_t, 4>{50, 0, 0, 80});
  CHECK(north.served == std::array<std::int64_t, 4>{50, 0, 0, 10});
  const auto all = servable(market.compiled(), table, market.board.pools, test::kAble, both());
  CHECK(all.served == all.wanted);
  CHECK(servable(market.compiled(), table, market.board.pools, test::kAble, {}).served ==
        std::array<std::int64_t, 4>{});
}

TEST_CASE("the largest flow is the least cut, with loads that must stay in their region", "[market][dependency]") {
  test::SmallMarket market(two_regions());
  std::mt19937_64 random(7);
  const auto upto = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most));
  };
  for (int trial = 0; trial < 300; ++trial) {
    for (auto& pool : market.board.pools) pool.available = upto(100);
    DemandTable table;
    for (int k = 0; k < 6; ++k)
      want(table, upto(60), static_cast<Tier>(random() % 4), random() % 3 == 0 ? RegionId{} : RegionId(random() % 2));
    const HostSet clouds = random() % 2 == 0 ? both() : HostSet::only(test::kNorth);
    const auto got = servable(market.compiled(), table, market.board.pools, test::kAble, clouds);
    std::int64_t served = 0;
    for (const std::int64_t tier : got.served) served += tier;
    CHECK(served == least_cut(market.compiled(), table, market.board.pools, clouds));
  }
}
