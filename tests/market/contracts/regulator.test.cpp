#include <algorithm>
#include <string>

#include "sim/core/error.hpp"
#include "tests/market/contracts/random_registry.hpp"
#include "tests/support/catch.hpp"

// MODEL 5.2 step 1: what a regulator orders comes before what anybody agreed.
using namespace random_registry;

namespace {

Contract order(core::SimTime from, Clause c) {
  c.scope.labs.clear();
  return one_version("remedy", {}, from, {std::move(c)});
}

std::vector<Contract> with_order(Clause c, core::SimTime from) {
  std::vector<Contract> cs = history();
  std::erase_if(cs[0].versions, [](const Version& v) { return v.name == "v4"; });  // October 2025 goes on
  cs.push_back(order(from, std::move(c)));
  return cs;
}

/// The worst that a void can do is nothing: every right it could strike out, taken from the text instead.
std::vector<Contract> without_rights(std::vector<Contract> cs) {
  for (Contract& c : cs)
    for (Version& v : c.versions) {
      std::erase_if(v.clauses, [](const Clause& k) {
        return k.is<kinds::Exclusive>() || k.is<kinds::Rofr>() || k.is<kinds::ShipFirst>();
      });
      for (Clause& k : v.clauses)
        if (auto* licence = k.get_if<kinds::Licence>()) licence->exclusive = false;
    }
  return cs;
}

}  // namespace

TEST_CASE("a void opens what an exclusive barred, from its date, to those who hold a grant", "[contracts][regulator]") {
  // October's exclusive keeps the API on Azure. Amazon's grant of 27 April 2026 covers AWS and Bedrock; the
  // rollout makes it general on 1 June. The regulator strikes Azure's rights out on 1 July 2027.
  const Registry registry = registry_of(with_order(clause(K::Void, "exclusives", {}, {"azure"}), date(2027, 7, 1)));
  const Tuple bedrock = tuple(Product::ApiStateless, "bedrock", "aws");
  CHECK(to_string(registry.decide(bedrock, date(2027, 6, 30))) == "NO:exclusive:HOST");
  CHECK(to_string(registry.decide(bedrock, date(2027, 7, 1))) == "GA");
  CHECK(registry.span(bedrock, date(2027, 1, 1)).until == date(2027, 7, 1));
  // It grants nothing: Google has no grant for closed models.
  CHECK(to_string(registry.decide(tuple(Product::ApiStateless, "vertex", "gcp"), date(2027, 7, 1))) == "NO:grant:HOST");
  // Bedrock's own exclusive on Frontier is another holder's.
  CHECK(to_string(registry.decide(tuple(Product::EntApp, "azure", "azure"), date(2027, 7, 1))) ==
        "NO:exclusive:CHANNEL");
  // The grant of April 2026 stops being reported as signed in vain on that day.
  for (const Conflict& c : registry.conflicts()) CHECK(c.until <= date(2027, 7, 1));
}

TEST_CASE("a void is as wide as its scope", "[contracts][regulator]") {
  Clause narrow = clause(K::Void, "agents", {}, {}, kAgents);
  const Registry registry = registry_of(with_order(narrow, date(2027, 7, 1)));
  CHECK(to_string(registry.decide(tuple(Product::AgentStateful, "bedrock", "aws", "aws"), date(2027, 7, 1))) ==
        "PREVIEW");
  CHECK(to_string(registry.decide(tuple(Product::ApiStateless, "bedrock", "aws"), date(2027, 7, 1))) ==
        "NO:exclusive:HOST");
}

TEST_CASE("a ban comes first, names itself and spares nobody in its scope", "[contracts][regulator]") {
  Clause ban = clause(K::Ban, "agents-in-europe", {kRuntime}, {"azure"});
  ban.scope.regions = {"eu"};
  const Registry registry = registry_of(with_order(ban, date(2027, 1, 1)));
  Tuple agents = tuple(Product::AgentStateful, "azure", "azure", "azure");
  CHECK(to_string(registry.decide(agents, date(2027, 1, 1))) == "GA");  // regions in general are not all European
  agents.region = RegionId(0);                                          // eu
  CHECK(to_string(registry.decide(agents, date(2026, 12, 31))) == "GA");
  const Verdict verdict = registry.decide(agents, date(2027, 1, 1));
  CHECK(to_string(verdict) == "NO:regulator:RUNTIME");
  CHECK(registry.path(verdict.by) == "remedy/first/agents-in-europe");
  // The lab's own channel escapes a channel exclusive, not a ban.
  const Registry mute = registry_of(with_order(clause(K::Ban, "sales", {kChannel}, {"direct"}), date(2027, 1, 1)));
  CHECK(to_string(mute.decide(tuple(Product::ApiStateless, "direct", "azure"), date(2027, 1, 1))) ==
        "NO:regulator:CHANNEL");
  CHECK(to_string(mute.decide(tuple(Product::ApiStateless, "azure", "azure"), date(2027, 1, 1))) == "GA");
}

TEST_CASE("a void of everything is as if no right to bar or to be first had been written", "[contracts][regulator]") {
  for (int seed = 0; seed < 600; ++seed) {
    Dice dice(90'000 + static_cast<std::uint64_t>(seed));
    const std::vector<Contract> cs = deals(dice, seed % 2 == 0);
    std::vector<Contract> ordered = cs;
    ordered.push_back(order(date(2020, 1, 1), clause(K::Void, "all", {}, {})));
    const Registry by_order = registry_of(ordered), by_text = registry_of(without_rights(cs));
    CHECK(by_order.conflicts().empty());
    for (int k = 0; k < 3; ++k) {
      const core::SimTime t = dice.day();
      const Release r = release(dice);
      for (const Tuple& asked : tuples())
        REQUIRE(to_string(by_order.decide(asked, t, r)) == to_string(by_text.decide(asked, t, r)));
    }
  }
}

TEST_CASE("an order that strikes a whole right out is told from one that leaves a part", "[contracts][regulator]") {
  std::vector<Contract> cs = history();
  const auto api = [](Products products) {
    return clause(K::Void, "order", {kChannel}, {"azure"}, std::move(products));
  };
  const auto find = [](const Registry& r, const std::string& path) {
    ClauseRef found;
    for_each_place(r.contracts(), [&](const ClauseRef& at, const Version&, const Clause&) {
      if (r.path(at) == path) found = at;
    });
    return found;
  };
  // The ship-first right of v4 speaks of API and agents on CHANNEL.
  for (const bool whole : {true, false}) {
    std::vector<Contract> ordered = cs;
    ordered.push_back(order(date(2027, 1, 1), api(whole ? join({kApi, kAgents}) : kApi)));
    const Registry registry = registry_of(ordered);
    const ClauseRef right = find(registry, "openai-microsoft/v4/ship-first");
    REQUIRE(right.contract.exists());
    CHECK(registry.voided(right, date(2027, 1, 1)) == whole);
    CHECK_FALSE(registry.voided(right, date(2026, 12, 31)));
    CHECK_FALSE(registry.voided(find(registry, "openai-microsoft/v4/grant"), date(2027, 1, 1)));
  }
}

TEST_CASE("an order belongs in a contract without parties", "[contracts][regulator]") {
  std::vector<Contract> cs = history();
  cs[0].versions[0].clauses.push_back(clause(K::Void, "self-help", {}, {}));
  std::string said;
  try {
    const Registry registry = registry_of(cs);
  } catch (const core::ScenarioError& error) {
    said = error.what();
  }
  CHECK(said.find("contracts.openai-microsoft.versions.v1.clauses.self-help.kind") != std::string::npos);
  CHECK(said.find("parties = []") != std::string::npos);
}
