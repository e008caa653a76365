#include "sim/scenario/custom_keys.hpp"

#include <stdexcept>

#include "sim/market/regime/compiled_scenario.hpp"
#include "sim/scenario/schema.hpp"
#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate;
using namespace rackrate::scenario;
using market::Clause;
using market::Version;
using market::contracts::CustomKey;
using market::contracts::CustomKind;
using market::contracts::CustomKinds;
using market::contracts::KeyType;

namespace {

/// Grants hosting to its holder from `starts` on, for `toll` dollars that it never asks for.
struct Visa : CustomKind {
  std::string_view name() const override { return "visa"; }
  std::vector<CustomKey> keys() const override {
    return {{"starts", KeyType::Date, "When it begins.", false, 0.0},
            {"toll", KeyType::Dollars, "What it costs.", true, 0.0}};
  }
  std::vector<std::string_view> takes() const override { return {"holder"}; }
  std::vector<Clause> permissions(const Clause& clause, const Version&) const override {
    Clause grant;
    auto& terms = grant.terms.emplace<market::kinds::Grant>();
    terms.role = {market::Role::Host};
    terms.grantee = clause.as<market::kinds::Custom>().holder;
    grant.scope = clause.scope;
    grant.from = market::contracts::date_of(clause, "starts", core::kAlways);
    return {grant};
  }
};
struct Named : CustomKind {
  explicit Named(std::string n) : word(std::move(n)) {}
  std::string_view name() const override { return word; }
  std::string word;
};
struct Greedy : Named {
  using Named::Named;
  std::vector<CustomKey> keys() const override { return {{"rate", KeyType::Share, "A built-in key.", false, 0.0}}; }
};
struct Mistaken : Named {
  using Named::Named;
  std::vector<std::string_view> takes() const override { return {"holdr"}; }
};

const CustomKinds kVisa{std::make_shared<Visa>()};
const std::string kHead = test::small(
    "[contracts.deal]\nparties = [\"a\"]\n[contracts.deal.versions.first]\nsigned = 2026-01-01\neffective = "
    "2026-01-01\n"
    "[contracts.deal.versions.first.clauses.one]\n");

std::string said(const std::string& clause, const CustomKinds& kinds) {
  try {
    (void)Scenario::parse(kHead + clause, "text.toml", {}, kinds);
  } catch (const core::ScenarioError& error) {
    return error.what();
  }
  return {};
}
bool contains(const std::string& all, const char* part) { return all.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a kind from outside decides permissions under its clause's name, inside its clause's dates",
          "[scenario][custom]") {
  const auto scenario = Scenario::parse(
      kHead + "kind = \"visa\"\nholder = \"north\"\ntoll = \"3 k$\"\nstarts = 2026-03-01\nuntil = 2026-09-01\n",
      "text.toml", {}, kVisa);
  const market::CompiledScenario compiled = market::compile(scenario.parameters());
  market::Tuple asked;
  asked.lab = market::LabId(0);
  asked.product = market::Product::Consumer;
  asked.channel = market::ChannelId(0);  // direct
  asked.host = market::CloudId(0);       // north
  const auto answer = [&](unsigned month, unsigned day) {
    return to_string(compiled.registry.decide(asked, core::date(2026, month, day)));
  };
  CHECK(answer(2, 28) == "NO:grant:HOST");
  CHECK(answer(3, 1) == "GA");
  CHECK(answer(8, 31) == "GA");
  CHECK(answer(9, 1) == "NO:grant:HOST");
  const auto verdict = compiled.registry.decide(asked, core::date(2026, 3, 1));
  CHECK(compiled.registry.path(verdict.by) == "deal/first/one");
  const Clause& clause = compiled.registry.clause(verdict.by);
  CHECK(market::contracts::number_of(clause, "toll", 0.0) == 3000.0);
  CHECK(market::contracts::number_of(clause, "nothing", 7.0) == 7.0);
}

TEST_CASE("its keys are checked like all others, and an override keeps the kind", "[scenario][custom]") {
  const std::string sound = "kind = \"visa\"\nholder = \"north\"\ntoll = \"3 k$\"\n";
  CHECK(said(sound, kVisa).empty());
  CHECK(contains(said(sound, {}), "kind is \"visa\""));  // not known without its program
  CHECK(contains(said("kind = \"visa\"\nholder = \"north\"\n", kVisa), "clauses.one.toll is missing"));
  CHECK(contains(said("kind = \"visa\"\nholder = \"north\"\ntoll = \"3 MW\"\n", kVisa), "clauses.one.toll"));
  CHECK(contains(said("kind = \"visa\"\nholder = \"north\"\ntoll = \"-3 $\"\n", kVisa), "clauses.one.toll"));
  CHECK(contains(said(sound + "rate = \"5 %\"\n", kVisa), "a clause of kind \"visa\" does not take"));
  CHECK(contains(said("kind = \"grant\"\nrole = \"HOST\"\ngrantee = \"north\"\ntoll = \"3 $\"\n", kVisa),
                 "a clause of kind \"grant\" does not take"));
  CHECK(contains(said("kind = \"visa\"\nholder = \"a\"\ntoll = \"3 $\"\n", kVisa),
                 "contracts.deal.versions.first.clauses.one"));  // a firm hosts nothing

  const auto scenario = Scenario::parse(kHead + sound, "text.toml", {}, kVisa);
  const auto dearer = scenario.override_with({{"contracts.deal.versions.first.clauses.one.toll", "\"4 k$\""}});
  CHECK(market::contracts::number_of(dearer.parameters().contracts[0].versions[0].clauses[0], "toll", 0.0) == 4000.0);
  CHECK(scenario.digest() != dearer.digest());
}

TEST_CASE("a kind whose names are taken or unknown is the programmer's mistake", "[scenario][custom]") {
  const auto build = [](std::shared_ptr<const CustomKind> kind) { return schema({std::move(kind)}); };
  CHECK_THROWS_AS(build(std::make_shared<Named>("exclusive")), std::invalid_argument);
  CHECK_THROWS_AS(build(std::make_shared<Greedy>("greedy")), std::invalid_argument);
  CHECK_THROWS_AS(build(std::make_shared<Mistaken>("mistaken")), std::invalid_argument);
  CHECK_NOTHROW(build(std::make_shared<Named>("plain")));
}
