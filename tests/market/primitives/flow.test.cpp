#include "sim/market/primitives/flow.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <string>

#include "sim/core/name_hash.hpp"
#include "tests/market/primitives/flow_reference.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

std::string numbered(const char* prefix, int number) { return std::string(prefix).append(std::to_string(number)); }

/// A fresh solver's answer.
FlowSolution solved(const FlowNetwork& network) {
  FlowSolver solver;
  FlowSolution solution;
  solver.solve(network, solution);
  return solution;
}

/// Penalties that make priority strict: penalties[t] for tier t, tier 0 served first. Steps between tiers exceed what
/// any re-routing could save: a displacement visits each pool at most once, and each visit changes the cost by at most
/// twice the largest arc cost.
std::vector<std::int64_t> tier_penalties(std::int64_t tiers, std::int64_t pools, std::int64_t largest_arc_cost) {
  const std::int64_t step = 2 * (pools + 1) * largest_arc_cost + 1;
  std::vector<std::int64_t> penalties;
  for (std::int64_t t = 0; t < tiers; ++t) penalties.push_back(step * (tiers - t));
  return penalties;
}

/// A network spelled with names, as check E1 gives it; prices are whole units.
struct Named {
  FlowNetwork network;
  std::vector<std::string> classes, pools, arcs;

  void pool(const std::string& name, std::int64_t capacity) {
    pools.push_back(name);
    network.pools.push_back({core::name_hash(name), capacity});
  }
  void demand(const std::string& name, std::int64_t amount, std::int64_t penalty) {
    classes.push_back(name);
    network.classes.push_back({core::name_hash(name), amount, penalty});
  }
  void arc(const std::string& from, const std::string& to, std::int64_t cost, std::int64_t capacity = kUncapped) {
    const auto index = [](const std::vector<std::string>& names, const std::string& name) {
      return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    };
    arcs.push_back(from + "->" + to);
    network.arcs.push_back({core::name_hash(arcs.back()), FlowClassId(index(classes, from)),
                            FlowPoolId(index(pools, to)), cost, capacity});
  }
  [[nodiscard]] std::map<std::string, std::int64_t> flows(const FlowSolution& solution) const {
    std::map<std::string, std::int64_t> out;
    for (const FlowArcId a : network.arcs.ids())
      if (solution.flow[a] > 0) out[arcs[a.position()]] = solution.flow[a];
    for (const FlowClassId c : network.classes.ids())
      if (solution.unserved[c] > 0) out[classes[c.position()] + "->U"] = solution.unserved[c];
    return out;
  }
  [[nodiscard]] std::map<std::string, std::int64_t> rents(const FlowSolution& solution) const {
    std::map<std::string, std::int64_t> out;
    for (const FlowPoolId p : network.pools.ids()) out[pools[p.position()]] = solution.rent[p];
    return out;
  }
};

Named e1(bool open) {
  Named n;
  n.pool("AZ", 100);
  n.pool("AWS", 80);
  n.pool("ORC", 30);
  n.pool("CW", 20);
  n.demand("OAI_api", 90, 40);
  n.demand("OAI_agent", 50, 45);
  n.demand("ANT_api", 60, 38);
  n.demand("MSFT_cop", 40, 60);
  n.arc("MSFT_cop", "AZ", 5);
  n.arc("MSFT_cop", "CW", 11);
  n.arc("ANT_api", "AWS", 6);
  n.arc("ANT_api", "AZ", 9);
  n.arc("OAI_api", "AZ", 7);
  n.arc("OAI_agent", "AZ", 8);
  if (open) {
    n.arc("OAI_api", "AWS", 8);
    n.arc("OAI_api", "ORC", 12);
    n.arc("OAI_agent", "AWS", 6);
    n.arc("OAI_agent", "ORC", 14);
  }
  return n;
}

/// Random integer network; few distinct costs, so that ties abound.
FlowNetwork random_network(std::mt19937_64& bits, bool capped) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(bits() % n); };
  FlowNetwork n;
  const auto classes = 1 + below(40);
  const auto pools = 1 + below(17);
  for (std::int64_t c = 0; c < classes; ++c) n.classes.push_back({bits(), below(60), 5 + below(40)});
  for (std::int64_t p = 0; p < pools; ++p) n.pools.push_back({bits(), below(4) == 0 ? 0 : below(120)});
  for (const FlowClassId c : n.classes.ids()) {
    for (const FlowPoolId p : n.pools.ids()) {
      if (below(2) == 0) n.arcs.push_back({bits(), c, p, below(15), capped && below(3) == 0 ? below(25) : kUncapped});
      while (capped && below(4) == 0) n.arcs.push_back({bits(), c, p, below(15), below(25)});  // a further step
    }
  }
  return n;
}

/// The network of the next day: most often other demands, at times other capacities, costs, caps or penalties, the
/// costs of some classes at some pools, all by the same amount, as where a commitment steers; and now and then an arc
/// less.
void change(FlowNetwork& n, std::mt19937_64& bits) {
  const auto below = [&](std::uint64_t count) { return static_cast<std::int64_t>(bits() % count); };
  for (FlowClass& c : n.classes)
    if (below(2) == 0) c.demand = below(5) == 0 ? 0 : below(60);
  const auto kind = below(9);
  const auto step = 1 + below(3), group = below(4);
  for (FlowPool& p : n.pools)
    if (kind <= 2 && below(2) == 0) p.capacity = below(4) == 0 ? 0 : below(120);
  for (FlowArc& a : n.arcs) {
    if ((kind == 2 || kind == 3) && below(3) == 0) a.cost = below(15);
    if (kind >= 7 && a.demand_class.number() % 4 == group && a.pool.number() % 3 == 0)
      a.cost = std::max<std::int64_t>(0, a.cost + (kind == 7 ? step : -step));
    if (kind == 4 && below(3) == 0) a.capacity = below(2) == 0 ? below(25) : kUncapped;
  }
  for (FlowClass& c : n.classes)
    if (kind == 5 && below(3) == 0) c.unserved_penalty = 5 + below(40);
  if (kind == 6 && below(4) == 0 && !n.arcs.empty()) n.arcs.rows().pop_back();
}

/// The same network with classes, pools and arcs in another order; `arc_from[a]` is where arc a came from.
FlowNetwork shuffled(const FlowNetwork& n, std::mt19937_64& bits, std::vector<std::size_t>& arc_from) {
  const auto order = [&](std::size_t size) {
    std::vector<std::size_t> o(size);
    std::iota(o.begin(), o.end(), std::size_t{0});
    for (std::size_t i = size; i > 1; --i) std::swap(o[i - 1], o[bits() % i]);
    return o;
  };
  const auto classes = order(n.classes.size());
  const auto pools = order(n.pools.size());
  arc_from = order(n.arcs.size());
  FlowNetwork out;
  core::Table<FlowClassId, FlowClassId> class_at(n.classes.size());
  core::Table<FlowPoolId, FlowPoolId> pool_at(n.pools.size());
  for (const std::size_t c : classes) class_at[FlowClassId(c)] = out.classes.push_back(n.classes[FlowClassId(c)]);
  for (const std::size_t p : pools) pool_at[FlowPoolId(p)] = out.pools.push_back(n.pools[FlowPoolId(p)]);
  for (const std::size_t a : arc_from) {
    FlowArc arc = n.arcs[FlowArcId(a)];
    arc.demand_class = class_at[arc.demand_class];
    arc.pool = pool_at[arc.pool];
    out.arcs.push_back(arc);
  }
  return out;
}

/// Every unit of demand and of capacity is accounted for, and no arc carries more than it may.
bool conserves(const FlowNetwork& n, const FlowSolution& s) {
  auto placed = s.unserved;
  auto used = s.slack;
  for (const FlowArcId a : n.arcs.ids()) {
    if (s.flow[a] < 0 || s.flow[a] > n.arcs[a].capacity) return false;
    placed[n.arcs[a].demand_class] += s.flow[a];
    used[n.arcs[a].pool] += s.flow[a];
  }
  for (const FlowClassId c : placed.ids())
    if (placed[c] != n.classes[c].demand || s.unserved[c] < 0) return false;
  for (const FlowPoolId p : used.ids())
    if (used[p] != n.pools[p].capacity || s.slack[p] < 0) return false;
  return true;
}

}  // namespace

TEST_CASE("under exclusivity the E1 network leaves 60 of OpenAI's calls unserved and Azure scarce",
          "[market][flow][E1]") {
  const Named n = e1(false);
  const FlowSolution s = solved(n.network);
  CHECK(s.cost == 3690);
  CHECK(n.flows(s) == std::map<std::string, std::int64_t>{{"MSFT_cop->AZ", 20},
                                                          {"MSFT_cop->CW", 20},
                                                          {"ANT_api->AWS", 60},
                                                          {"OAI_api->AZ", 30},
                                                          {"OAI_agent->AZ", 50},
                                                          {"OAI_api->U", 60}});
  // One more Azure H100e serves one more api call: 40 - 7 = 33. One more at CoreWeave takes a copilot unit (11 - 5) and
  // gives its Azure place to an api call: 33 - 6 = 27.
  CHECK(n.rents(s) == std::map<std::string, std::int64_t>{{"AZ", 33}, {"AWS", 0}, {"ORC", 0}, {"CW", 27}});
  CHECK(flow_dual_bound(n.network, s.rent) == s.cost);
}

TEST_CASE("in the open E1 network ten units of Anthropic are the ones rationed", "[market][flow][E1]") {
  const Named n = e1(true);
  const FlowSolution s = solved(n.network);
  CHECK(s.cost == 2120);
  CHECK(n.flows(s) == std::map<std::string, std::int64_t>{{"MSFT_cop->AZ", 20},
                                                          {"MSFT_cop->CW", 20},
                                                          {"ANT_api->AWS", 50},
                                                          {"OAI_api->AZ", 60},
                                                          {"OAI_agent->AZ", 20},
                                                          {"OAI_agent->AWS", 30},
                                                          {"OAI_api->ORC", 30},
                                                          {"ANT_api->U", 10}});
  CHECK(n.rents(s) == std::map<std::string, std::int64_t>{{"AZ", 30}, {"AWS", 32}, {"ORC", 25}, {"CW", 24}});
  CHECK(flow_dual_bound(n.network, s.rent) == s.cost);
}

TEST_CASE("a higher tier is served first however dear its arc", "[market][flow][E1c]") {
  // Pool 100; tier 1 wants 80 at arc cost 50, tier 2 wants 80 at arc cost 0.
  const std::int64_t tightest = tier_penalties(2, 1, 50)[1];
  for (const std::int64_t scale : {std::int64_t{1}, std::int64_t{7}, std::int64_t{1000}}) {
    const auto penalty = tier_penalties(2, 1, 50 * scale);
    REQUIRE(penalty[1] >= tightest);
    Named n;
    n.pool("P", 100);
    n.demand("second", 80, penalty[1]);
    n.demand("first", 80, penalty[0]);
    n.arc("second", "P", 0);
    n.arc("first", "P", 50);
    const FlowSolution s = solved(n.network);
    CHECK(s.flow.rows() == std::vector<std::int64_t>{20, 80});
    CHECK(s.unserved.rows() == std::vector<std::int64_t>{60, 0});
  }
}

TEST_CASE("no chain of re-routings pays for a priority inversion", "[market][flow][E1c]") {
  // The urgent class fits only pool 0, and each further class must move one pool on at the full arc cost 100
  // while its own place costs 0 (-100 on the way back); only the last, a low-tier class, can be turned away.
  constexpr int kPools = 12;
  Named n;
  const auto penalty = tier_penalties(2, kPools, 100);
  for (int p = 0; p < kPools; ++p) n.pool(numbered("P", p), 1);
  n.demand("urgent", 1, penalty[0]);
  n.arcs.reserve(64);
  n.arc("urgent", "P0", 100);
  for (int p = 0; p + 1 < kPools; ++p) {
    const std::string name = numbered("mover", p);
    n.demand(name, 1, penalty[0]);
    n.arc(name, numbered("P", p), -100);
    n.arc(name, numbered("P", p + 1), 100);
  }
  n.demand("spare", 1, penalty[1]);
  n.arc("spare", numbered("P", kPools - 1), -100);
  const FlowSolution s = solved(n.network);
  CHECK(n.flows(s).at("urgent->P0") == 1);
  CHECK(n.flows(s).at("spare->U") == 1);
}

TEST_CASE("on 1000 random networks the cost is that of an independent solver and the duality gap is zero",
          "[market][flow][E1b]") {
  std::mt19937_64 bits(20260427);
  FlowSolver kept;  // has solved all the others before
  int rationed = 0;
  for (int round = 0; round < 1000; ++round) {
    const FlowNetwork n = random_network(bits, round % 2 == 1);
    FlowSolution s;
    kept.solve(n, s);
    REQUIRE(conserves(n, s));
    REQUIRE(s.cost == test::reference_cost(n));
    REQUIRE(flow_dual_bound(n, s.rent) == s.cost);
    REQUIRE(s == solved(n));  // a fresh solver gives the same flows
    std::vector<std::size_t> arc_from;
    const FlowNetwork m = shuffled(n, bits, arc_from);
    const FlowSolution t = solved(m);
    for (std::size_t a = 0; a < arc_from.size(); ++a) REQUIRE(t.flow[FlowArcId(a)] == s.flow[FlowArcId(arc_from[a])]);
    rationed += std::any_of(s.unserved.begin(), s.unserved.end(), [](std::int64_t u) { return u > 0; }) ? 1 : 0;
  }
  CHECK(rationed > 300);  // the networks are not trivially slack
  CHECK(rationed < 1000);
}

TEST_CASE("a solver that goes on from yesterday answers as one that knows nothing, on 10,000 days, whatever changed",
          "[market][flow][E1b]") {
  std::mt19937_64 bits(20261127);
  for (int round = 0; round < 400; ++round) {
    FlowNetwork n = random_network(bits, round % 2 == 1);
    FlowSolver kept;
    FlowSolution s;
    for (int day = 0; day < 25; ++day) {
      kept.solve(n, s);
      REQUIRE(conserves(n, s));
      REQUIRE(s == solved(n));  // flows, unserved demand, idle capacity, rents and cost
      if (day % 12 == 0) REQUIRE(s.cost == test::reference_cost(n));
      change(n, bits);
    }
  }
}

TEST_CASE("a solver that refused a network solves the next one from nothing", "[market][flow]") {
  FlowNetwork n = e1(true).network;
  const FlowSolution right = solved(n);
  FlowSolver kept;
  FlowSolution s;
  kept.solve(n, s);
  n.classes[FlowClassId(0)].demand = -1;
  CHECK_THROWS_AS(kept.solve(n, s), std::invalid_argument);
  kept.solve(e1(true).network, s);
  CHECK(s == right);
}

TEST_CASE("a rent is the saving from one more unit of capacity, solved again", "[market][flow][E1b]") {
  std::mt19937_64 bits(7);
  for (int round = 0; round < 200; ++round) {
    FlowNetwork n = random_network(bits, round % 2 == 0);
    const FlowSolution s = solved(n);
    for (const FlowPoolId p : n.pools.ids()) {
      ++n.pools[p].capacity;
      REQUIRE(s.cost - solved(n).cost == s.rent[p]);
      --n.pools[p].capacity;
    }
  }
}

TEST_CASE("adding an arc or capacity never raises the clearing cost", "[market][flow][E1b][H6]") {
  std::mt19937_64 bits(11);
  for (int round = 0; round < 200; ++round) {
    FlowNetwork n = random_network(bits, true);
    if (n.arcs.empty()) continue;
    const FlowArc last = n.arcs.back();
    n.arcs.rows().pop_back();
    const Int128 without = solved(n).cost;
    n.arcs.push_back(last);
    const Int128 with = solved(n).cost;
    REQUIRE(with <= without);
    n.pools[FlowPoolId(bits() % n.pools.size())].capacity += 1 + static_cast<std::int64_t>(bits() % 50);
    REQUIRE(solved(n).cost <= with);
  }
}

TEST_CASE("among equal costs the hash decides, and it is exact at fleet scale", "[market][flow]") {
  // Two classes, two pools, all costs equal: 3e9 H100e each. A 64-bit cost with a perturbation would overflow.
  Named n;
  n.pool("P", 3'000'000'000);
  n.pool("Q", 3'000'000'000);
  for (const char* name : {"a", "b"}) {
    n.demand(name, 3'000'000'000, 50'000'000);
    n.arc(name, "P", 40'000'000);
    n.arc(name, "Q", 40'000'000);
  }
  const FlowSolution s = solved(n.network);
  CHECK(s.cost == static_cast<Int128>(6'000'000'000) * 40'000'000);
  // Each class sits whole in one pool: a split would mean that both assignments hash alike.
  CHECK(n.flows(s).size() == 2);
}

TEST_CASE("a network that makes no sense is refused", "[market][flow]") {
  const auto broken = [](auto&& change) {
    FlowNetwork n = e1(true).network;
    change(n);
    return n;
  };
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.classes[FlowClassId(0)].demand = -1; })), std::invalid_argument);
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.pools[FlowPoolId(0)].capacity = -1; })), std::invalid_argument);
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.arcs[FlowArcId(0)].capacity = -1; })), std::invalid_argument);
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.arcs[FlowArcId(0)].pool = FlowPoolId(4); })),
                  std::invalid_argument);
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.arcs[FlowArcId(0)].demand_class = FlowClassId(); })),
                  std::invalid_argument);
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.arcs.push_back(n.arcs[FlowArcId(0)]); })),
                  std::invalid_argument);
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.pools[FlowPoolId(1)].key = n.pools[FlowPoolId(0)].key; })),
                  std::invalid_argument);
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.classes[FlowClassId(1)].key = n.classes[FlowClassId(0)].key; })),
                  std::invalid_argument);
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.arcs[FlowArcId(1)].key = n.arcs[FlowArcId(0)].key; })),
                  std::invalid_argument);
  CHECK_THROWS_AS(solved(broken([](FlowNetwork& n) { n.arcs[FlowArcId(0)].cost = std::int64_t{1} << 44; })),
                  std::invalid_argument);
}

TEST_CASE("an empty network costs nothing", "[market][flow]") {
  const FlowSolution s = solved({});
  CHECK(s.cost == 0);
  CHECK(s.flow.empty());
}
