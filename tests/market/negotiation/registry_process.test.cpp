#include "sim/market/negotiation/registry_process.hpp"

#include "sim/market/contracts/in_force.hpp"
#include "tests/market/support/one_process.hpp"
#include "tests/market/support/small_market.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::market;
namespace core = rackrate::core;

namespace {

/// South may host and sell from March 2026 on.
Parameters opening() {
  Parameters p = test::small_parameters();
  Clause south = test::grant("south");
  south.from = core::date(2026, 3, 1);
  p.contracts = {test::contract("sales", {test::grant("north"), south})};
  return p;
}

}  // namespace

TEST_CASE("a date that opens something sends every enterprise the clouds that gained an offer",
          "[market][negotiation]") {
  Parameters p = opening();
  p.run.enterprises = 3;
  const test::SmallMarket market(p);
  RegistryState registry;
  const auto sent = test::run_process(
      market.regime, market.regime.directory.registry,
      {{core::date(2026, 2, 1), Breakpoint{}}, {core::date(2026, 3, 1), Breakpoint{}}}, core::date(2026, 4, 1),
      [&](Context& context, const Event& event) { handle_registry(registry, market.view(), context, event); });
  REQUIRE(sent.size() == 3);
  for (const auto& event : sent) {
    CHECK(event_kind(event) == EventKind::AccessChanged);
    CHECK(market.regime.directory.enterprise(event.target).exists());
    CHECK(receive<AccessChanged>(event).clouds == HostSet::only(test::kSouth));
  }
}

TEST_CASE("a date that closes something tells every enterprise that somebody lost it", "[market][negotiation]") {
  Parameters p = opening();
  p.contracts[0].versions[0].clauses[1].from = core::kAlways;
  p.contracts[0].versions[0].clauses[1].until = core::date(2026, 3, 1);
  const test::SmallMarket market(p);
  RegistryState registry;
  const auto sent = test::run_process(
      market.regime, market.regime.directory.registry, {{core::date(2026, 3, 1), Breakpoint{}}}, core::date(2026, 4, 1),
      [&](Context& context, const Event& event) { handle_registry(registry, market.view(), context, event); });
  REQUIRE(sent.size() == 1);
  CHECK(receive<AccessChanged>(sent[0]).clouds.empty());
  CHECK(receive<AccessChanged>(sent[0]).lost == 1);
}

TEST_CASE("what was open before is not newly opened", "[market][negotiation]") {
  const test::SmallMarket market(opening());
  REQUIRE(market.regime.access.size() == 2);
  const auto &before = market.regime.access[0], &after = market.regime.access[1];
  CHECK(newly_opened(market.compiled(), before, after) == HostSet::only(test::kSouth));
  CHECK(newly_opened(market.compiled(), after, after).empty());
  CHECK(newly_opened(market.compiled(), after, before).empty());
}

TEST_CASE("a clause applies inside its dates while it is enabled and not switched off", "[market][negotiation]") {
  Clause clause;
  clause.from = core::date(2026, 1, 1);
  clause.until = core::date(2026, 6, 1);
  CHECK(contracts::active_at(clause, core::date(2026, 1, 1)));
  CHECK(!contracts::active_at(clause, core::date(2026, 6, 1)));
  clause.switched_off = core::date(2026, 3, 1);
  CHECK(!contracts::active_at(clause, core::date(2026, 3, 1)));
  clause.enabled = false;
  CHECK(!contracts::active_at(clause, core::date(2026, 2, 1)));
}

TEST_CASE("no version is in force before the first and after the end", "[market][negotiation]") {
  Contract contract = test::contract("deal", {});
  contract.terminated = core::date(2027, 1, 1);
  CHECK(contracts::version_at(contract, core::date(2024, 1, 1)) == nullptr);
  REQUIRE(contracts::version_at(contract, core::date(2026, 1, 1)) != nullptr);
  CHECK(contracts::version_at(contract, core::date(2026, 1, 1))->name == "first");
  CHECK(contracts::version_at(contract, core::date(2027, 1, 1)) == nullptr);
}
