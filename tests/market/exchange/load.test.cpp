#include <cmath>

#include "sim/market/pricing/unit_terms.hpp"
#include "tests/market/exchange/day.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::market;

namespace {

/// Demand of the class that holds the cell, whole H100e.
std::int64_t demand_of(const test::Day& day, const Load& load, CellId cell) {
  const auto& classes = day.exchange.network.table.classes;
  for (const ClassId k : classes.ids())
    if (std::find(classes[k].cells.begin(), classes[k].cells.end(), cell) != classes[k].cells.end())
      return load.classes[k].demand;
  return -1;
}

}  // namespace

TEST_CASE("load: a cell wants its learned volume times compute per unit", "[market][exchange]") {
  test::Day day;
  // 12 units a day, of which 2 are not yet learned: 10 units x 24 H100e-h / 24 h = 10 H100e.
  day.exchange.demand.ramp[day.cell("direct")] = 2'000'000;
  const Load load = day.load_it();
  CHECK(load.cell_volume[day.cell("direct")] == 10'000'000);
  CHECK(demand_of(day, load, day.cell("direct")) == 10);
  CHECK(demand_of(day, load, day.cell("az")) == 6);
}

TEST_CASE("load: prices and growth move the volume", "[market][exchange]") {
  test::Day day;
  // Volume has doubled since the start: 24 H100e.
  day.board.volume_growth = 2.0;
  CHECK(demand_of(day, day.load_it(), day.cell("direct")) == 24);
}

TEST_CASE("load: agents do more as they are left to work alone", "[market][exchange]") {
  // Volume doubles for all work, and once more by half for agents with state.
  Board board;
  board.volume_growth = 2.0;
  board.autonomy = 1.5;
  CHECK(board.growth_of(Product::AgentStateful) == 3.0);
  CHECK(board.growth_of(Product::Batch) == 2.0);
  // 25 % a year with a half-life of 2 years: ln level = ln 1.25 (1 - 2^(-t/2)) 2 / ln 2.
  test::Day day([](Parameters& p) { p.choice.autonomy_rate = 0.25; });
  Board later = day.board;
  publish_unit_terms(day.s(), day.interval().start + core::days(2.0 * core::kDaysPerYear), later);
  CHECK(later.autonomy == Approx(std::exp(std::log(1.25) * 0.5 * 2.0 / std::log(2.0))));
  CHECK(day.board.autonomy == 1.0);
}

TEST_CASE("load: a class asks for whole H100e and carries the rest", "[market][exchange]") {
  test::Day day;
  // 12.4 H100e a day: 12.4 -> 12, .4 kept; 12.8 -> 12, .8 kept; 13.2 -> 13, .2 kept.
  day.exchange.demand.units[day.cell("direct")] = 12'400'000;
  CHECK(demand_of(day, day.load_it(), day.cell("direct")) == 12);
  CHECK(demand_of(day, day.load_it(), day.cell("direct")) == 12);
  CHECK(demand_of(day, day.load_it(), day.cell("direct")) == 13);
}

TEST_CASE("load: streams want compute, and earn by seats or by the hour", "[market][exchange]") {
  test::Day day;
  const Load load = day.load_it();
  double compute = 0.0, seats = 0.0;
  for (const auto& stream : load.streams) {
    compute += stream.h100e;
    if (stream.users > 0) seats = stream.usd_per_day;
  }
  CHECK(compute == Approx(24 + 16 + 4 + 10));
  CHECK(seats == Approx(1'200'000.0));  // 1 M seats x 36.525 $ x 12 months / 365.25 days
}

TEST_CASE("load changes only what is carried", "[market][exchange]") {
  test::Day day;
  const auto before = day.exchange.demand.units;
  refresh(day.exchange.network, day.view(), day.interval().start);
  Carry carry;
  const Load first = load(day.view(), day.interval(), day.exchange.demand, day.exchange.network.table, carry);
  Carry again;
  const Load second = load(day.view(), day.interval(), day.exchange.demand, day.exchange.network.table, again);
  CHECK(first.cell_volume == second.cell_volume);
  CHECK(carry == again);
  CHECK(day.exchange.demand.units == before);
}

TEST_CASE("load: the cells it lists are those that want something, each once", "[market][exchange]") {
  test::Day day;
  const Load load = day.load_it();
  std::vector<CellId> listed;
  for (const CellLoad& cell : load.cells) {
    CHECK(cell.volume == load.cell_volume[cell.cell]);
    CHECK(cell.volume > 0);
    CHECK(cell.demand_class == day.exchange.network.table.class_of_cell[cell.cell]);
    CHECK(cell.alternative == day.s().cells.decode(cell.cell).alternative);
    listed.push_back(cell.cell);
  }
  std::sort(listed.begin(), listed.end());
  CHECK(listed == std::vector<CellId>{std::min(day.cell("direct"), day.cell("az")),
                                      std::max(day.cell("direct"), day.cell("az"))});
}

TEST_CASE("load: what is carried stays with the key of a class when its place changes", "[market][exchange]") {
  Carry carry;
  carry.of(ClassId(0), 11) = 5;
  carry.of(ClassId(1), 12) = 7;
  CHECK(carry.of(ClassId(1), 11) == 5);  // the classes of the next table stand in another order
  CHECK(carry.of(ClassId(0), 12) == 7);
  CHECK(carry.of(ClassId(0), 13) == 0);  // one that never asked
  CHECK(carry.of(ClassId(2), 12) == 7);
}

TEST_CASE("load: hits move the volume of the lab's product alone, and the books agree", "[market][exchange]") {
  test::Day day;
  const auto sold = day.lab("oai");
  day.board.demand.hits.assign(day.s().parameters.labs.size(), {});
  day.board.demand.hits[sold][WorkKind::Api] = std::log(2.0);       // 12 and 6 units of the API become 24 and 12
  day.board.demand.hits[sold][WorkKind::Consumer] = std::log(0.5);  // its 24 H100e of consumers become 12
  const Load load = day.load_it();
  CHECK(demand_of(day, load, day.cell("direct")) == 24);
  CHECK(demand_of(day, load, day.cell("az")) == 12);
  double compute = 0.0;
  for (const auto& stream : load.streams) compute += stream.h100e;
  CHECK(compute == Approx(12 + 16 + 4 + 10));
  CHECK(day.close(day.settle_it()).empty());
}

TEST_CASE("load: the common factor moves each class by its exposure", "[market][exchange]") {
  test::Day day;
  day.board.demand.common = std::log(2.0);  // exposures of 1: streams double, and the use of seats
  const Load load = day.load_it();
  double compute = 0.0;
  for (const auto& stream : load.streams) compute += stream.h100e;
  CHECK(compute == Approx(48 + 32 + 8 + 20));
  CHECK(demand_of(day, load, day.cell("direct")) == 12);  // their factor is in the published growth of volume
  CHECK(day.close(day.settle_it()).empty());
}

TEST_CASE("load: other business follows its factor, and the audit with it", "[market][exchange]") {
  test::Day day;
  day.board.demand.other_business.assign(day.s().parameters.clouds.size(), std::log(1.5));
  const auto settled = day.settle_it();
  Money other;
  for (const auto& entry : settled.settlement.entries)
    if (entry.category == Category::OtherSale) other += entry.amount;
  CHECK(other == Money{1'500'000'0000});  // 365.25 M$ a year are 1 M$ a day
  CHECK(day.close(settled).empty());
}
