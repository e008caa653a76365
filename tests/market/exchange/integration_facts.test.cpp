#include "sim/market/exchange/facts/integration_facts.hpp"

#include <algorithm>
#include <string>

#include "sim/market/enterprise/work_needs.hpp"
#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

ItemSet items(std::initializer_list<Item> list) {
  ItemSet set;
  for (const Item item : list) set.insert(item);
  return set;
}

Workload work(std::int64_t units, Product product, ItemSet needs, std::uint8_t least_depth) {
  Workload w;
  w.key = static_cast<core::EntityKey>(units);
  w.units = units * 1'000'000;
  w.product = product;
  w.needs = needs;
  w.least_depth = least_depth;
  return w;
}

/// 60 units of agents, of which 20 need tools, 10 tools and audit, and 10 demand three quarters of full depth; 40 units
/// of other work that needs audit.
Population some_work() {
  Population population(1, 1, Table<SegmentId, double>(1, 1.0));
  const EnterpriseId e = population.add({});
  population.give_room(e, 5);
  population.add_workload(e, work(20, Product::AgentStateful, {}, 0));
  population.add_workload(e, work(21, Product::AgentStateful, items({Item::Tools}), 0));
  population.add_workload(e, work(9, Product::AgentStateful, items({Item::Tools, Item::Audit}), 0));
  population.add_workload(e, work(10, Product::AgentStateful, {}, 3));
  population.add_workload(e, work(40, Product::Batch, items({Item::Audit}), 2));
  return population;
}

IntegrationFact at(const std::vector<IntegrationFact>& facts, const test::Day& day, const std::string& channel) {
  for (const IntegrationFact& fact : facts)
    if (fact.lab == day.lab("oai") && day.s().parameters.channels[fact.channel].name == channel) return fact;
  throw std::out_of_range("no fact of " + channel);
}

std::vector<IntegrationFact> facts_of(test::Day& day) {
  const SettledInterval settled = day.settle_it();
  return integration_facts({day.view(), settled.interval, day.exchange.demand, day.exchange.network.table,
                            day.exchange.network.terms, settled.load, settled.allocation, day.exchange.capital,
                            day.exchange.cleared, day.exchange.leases.leases});
}

}  // namespace

TEST_CASE("integration facts by hand: depth, controls, eligible agents, unmet depth, crossings, nativeness",
          "[market][exchange][integration]") {
  test::Day day("[integration]\ncrossing_cost = 0.1\n");
  day.board.needs = work_needs(some_work(), 0);
  const CellId cell = day.cell("az");
  day.exchange.demand.needing[cell][Item::Audit] = 4'500'000;  // of 6
  day.board.missing.assign(day.s().cells.size(), {});
  for (auto& missing : day.board.missing) missing = items({Item::Audit, Item::Tools});
  day.board.missing[day.cell("direct")] = {};
  const IntegrationFact az = at(facts_of(day), day, "az");
  CHECK(az.depth == Approx(5.0 / 7.0));  // two quarters
  CHECK(az.control == 0.75);             // no audit
  CHECK(az.eligible == Approx(20.0 / 60.0));
  CHECK(az.unmet == Approx(10.0 / 100.0));  // who demands three quarters
  REQUIRE(az.crossings.has_value());
  CHECK(*az.crossings == Approx(0.75));
  // Crossings of all work: audit 49 of 100 units, tools 30.
  CHECK(az.nativeness == Approx(5.0 / 7.0 * 0.75 / (1.0 + 0.1 * 0.79)));
  const IntegrationFact direct = at(facts_of(day), day, "direct");
  CHECK(direct.depth == 1.0);
  CHECK(direct.nativeness == 1.0);
  CHECK(direct.eligible == 1.0);
  CHECK(direct.unmet == 0.0);
  CHECK(direct.crossings == 0.0);
}

TEST_CASE("what a cell needs is summed from any decisions, and what entered it leaves it exactly",
          "[market][exchange][integration]") {
  test::Day day("[integration]\ncrossing_cost = 0.1\n");
  DemandState& demand = day.exchange.demand;
  const CellId cell = day.cell("az");
  PlacementDelta enters{cell, false, 700, 0, 0, 0, items({Item::Audit, Item::State})};
  DecisionSums sums(day.s().cells.size(), 1, 2);
  sums.add(enters);
  enters.units = 300;
  enters.needs = items({Item::Audit});
  sums.add(enters);
  const auto hand_over = [&] { sums.hand_over([&](const auto& change) { add(demand, change); }); };
  hand_over();
  CHECK(demand.needing[cell][Item::Audit] == 1000);
  CHECK(demand.needing[cell][Item::State] == 700);
  CHECK(demand.needing[cell][Item::Tools] == 0);
  add(demand, PlacementDelta{cell, true, -300, 0, 0, 0, items({Item::Audit})});
  sums.add(PlacementDelta{cell, false, -700, 0, 0, 0, items({Item::Audit, Item::State})});
  hand_over();
  CHECK(demand.needing[cell] == ByItem<std::int64_t>{});
}
