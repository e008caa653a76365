#include "sim/market/dependency/graph.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace rackrate::market;

namespace {

/// North has 60 H100e for sale and south 40, all on the one vendor's chips.
DependencyGraph small_graph(test::SmallMarket& market) {
  market.board.pools[PoolId(0)].available = 60;
  market.board.pools[PoolId(1)].available = 40;
  for (auto& pool : market.board.pools) pool.chip_h100e.assign(1, pool.available);
  return dependency_graph(market.regime, market.board.pools, test::kStart);
}

ActorNodeId actor(const DependencyGraph& graph, ActorKind kind, std::string_view name) {
  for (const ActorNodeId id : graph.actors.ids())
    if (graph.actors[id].kind == kind && graph.actors[id].name == name) return id;
  return {};
}

const Tie* tie(const DependencyGraph& graph, TieKind kind, ActorNodeId from, ActorNodeId to) {
  for (const Tie& one : graph.ties)
    if (one.kind == kind && one.from == from && one.to == to) return &one;
  return nullptr;
}

/// Betweenness by definition: counts of shortest walks of each length by powers of the adjacency relation.
std::vector<double> by_definition(const DependencyGraph& graph) {
  const std::size_t n = graph.actors.size();
  std::set<std::pair<std::size_t, std::size_t>> joined;
  for (const Tie& one : graph.ties) joined.insert({one.from.position(), one.to.position()});
  std::vector<std::vector<double>> steps(n, std::vector<double>(n, -1)), ways(n, std::vector<double>(n, 0));
  for (std::size_t s = 0; s < n; ++s) {
    std::vector<double> now(n, 0);
    now[s] = steps[s][s] = 0;
    now[s] = ways[s][s] = 1;
    steps[s][s] = 0;
    for (std::size_t length = 1; length <= n; ++length) {
      std::vector<double> next(n, 0);
      for (const auto& [from, to] : joined)
        if (steps[s][to] < 0) next[to] += now[from];
      for (std::size_t v = 0; v < n; ++v)
        if (next[v] > 0) {
          steps[s][v] = static_cast<double>(length);
          ways[s][v] = next[v];
        }
      now = next;
    }
  }
  std::vector<double> out(n, 0);
  double pairs = 0;
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t t = 0; t < n; ++t) {
      if (s == t || steps[s][t] < 0) continue;
      ++pairs;
      for (std::size_t v = 0; v < n; ++v)
        if (v != s && v != t && steps[s][v] >= 0 && steps[v][t] >= 0 && steps[s][v] + steps[v][t] == steps[s][t])
          out[v] += ways[s][v] * ways[v][t] / ways[s][t];
    }
  for (double& x : out) x /= pairs;
  return out;
}

}  // namespace

TEST_CASE("the graph joins vendors, pools, labs and channels by supply and contracts", "[market][dependency]") {
  test::SmallMarket market;
  const DependencyGraph graph = small_graph(market);
  const auto north = actor(graph, ActorKind::Pool, "pool/north/us"), able = actor(graph, ActorKind::Lab, "able");
  REQUIRE(tie(graph, TieKind::Hosting, north, able) != nullptr);
  CHECK(tie(graph, TieKind::Hosting, north, able)->h100e == 60.0);
  CHECK(tie(graph, TieKind::Hosting, north, able)->share == test::near(0.6));
  const auto maker = actor(graph, ActorKind::Vendor, "maker");
  REQUIRE(tie(graph, TieKind::Supply, maker, north) != nullptr);
  CHECK(tie(graph, TieKind::Supply, maker, north)->share == 1.0);
  CHECK(tie(graph, TieKind::Ownership, actor(graph, ActorKind::Firm, "North"),
            actor(graph, ActorKind::Cloud, "north")) != nullptr);
  for (const char* channel : {"direct", "north-shop", "south-shop"})
    CHECK(tie(graph, TieKind::Selling, able, actor(graph, ActorKind::Channel, channel)) != nullptr);
}

TEST_CASE("a grant that has ended is no tie", "[market][dependency]") {
  Parameters p = test::small_parameters();
  p.contracts.front().versions.front().clauses.back().until = test::kStart;  // south's
  test::SmallMarket market(p);
  const DependencyGraph graph = small_graph(market);
  const auto able = actor(graph, ActorKind::Lab, "able");
  CHECK(tie(graph, TieKind::Hosting, actor(graph, ActorKind::Pool, "pool/south/us"), able) == nullptr);
  CHECK(tie(graph, TieKind::Hosting, actor(graph, ActorKind::Pool, "pool/north/us"), able)->share == 1.0);
  CHECK(tie(graph, TieKind::Selling, able, actor(graph, ActorKind::Channel, "south-shop")) == nullptr);
}

TEST_CASE("a lab depends on a cloud by its share of the pools and on a vendor by its chips", "[market][dependency]") {
  test::SmallMarket market;
  const DependencyGraph graph = small_graph(market);
  const auto shares = lab_dependency(graph);
  REQUIRE(shares.size() == 1);
  CHECK(shares[0][actor(graph, ActorKind::Cloud, "north")] == test::near(0.6));
  CHECK(shares[0][actor(graph, ActorKind::Firm, "South")] == test::near(0.4));
  CHECK(shares[0][actor(graph, ActorKind::Vendor, "maker")] == test::near(1.0));
  CHECK(shares[0][actor(graph, ActorKind::Firm, "Maker")] == test::near(1.0));
  CHECK(shares[0][actor(graph, ActorKind::Firm, "Able")] == 0.0);
}

TEST_CASE("betweenness is that of its definition", "[market][dependency]") {
  test::SmallMarket market;
  const DependencyGraph graph = small_graph(market);
  const auto got = betweenness(graph);
  const auto expected = by_definition(graph);
  for (const ActorNodeId id : graph.actors.ids()) CHECK(got[id] == test::near(expected[id.position()]));
  // The lab lies on every way from chips and clouds to channels.
  CHECK(got[actor(graph, ActorKind::Lab, "able")] > got[actor(graph, ActorKind::Pool, "pool/north/us")]);
}
