#include "sim/market/contracts/breach.hpp"

#include <algorithm>

#include "tests/market/contracts/b1_registry.hpp"
#include "tests/support/catch.hpp"

using namespace b1;

namespace {

const std::vector<std::string> kMicrosoft{"openai", "microsoft"}, kAmazon{"openai", "amazon"};

Clause damages(std::string payer, std::string payee) {
  Clause c;
  c.name = "damages";
  auto& price = c.terms.emplace<kinds::Damages>();
  price.payer = std::move(payer);
  price.payee = std::move(payee);
  price.amount_usd = 1e6;
  return c;
}

/// Azure hosts the API exclusively in 2024 and 2025; openai owes microsoft for a breach from `priced` on.
Contract first_deal(core::SimTime priced = date(2024, 1, 1)) {
  Contract c = one_version(
      "first-deal", kMicrosoft, date(2024, 1, 1),
      {clause(K::Grant, "grant", {kHost, kChannel}, {"azure"}),
       clause(K::Exclusive, "exclusive", {kHost}, {"azure"}, kApi), starting(priced, damages("openai", "microsoft"))});
  c.versions[0].ends = date(2026, 1, 1);
  return c;
}

/// Aws may host and bedrock may sell everything from March 2025 on.
Contract second_deal(ConflictPolicy policy = ConflictPolicy::Breach) {
  Contract c = one_version("second-deal", kAmazon, date(2025, 3, 1),
                           {clause(K::Grant, "grant", {kHost, kChannel}, {"aws", "bedrock"})});
  c.versions[0].conflict = policy;
  return c;
}

const Tuple kAsked = tuple(Product::Batch, "bedrock", "aws");

std::string answer(const Registry& registry, core::SimTime t) { return to_string(registry.decide(kAsked, t)); }

/// "exclusives", "against" or "breach", and the dates.
std::vector<std::string> told(const Registry& registry) {
  std::vector<std::string> out;
  for (const Conflict& c : registry.conflicts())
    out.push_back(std::string(c.kind == ConflictKind::Breach       ? "breach"
                              : c.kind == ConflictKind::Exclusives ? "exclusives"
                                                                   : "against") +
                  " " + core::to_string(c.from) + " " + core::to_string(c.until));
  return out;
}

}  // namespace

TEST_CASE("a grant in breach opens what the other contract's exclusive bars, and the report names both and the price",
          "[contracts][breach]") {
  const Registry registry = registry_of({first_deal(), second_deal()});
  CHECK(answer(registry, date(2025, 2, 28)) == "NO:grant:HOST");
  CHECK(answer(registry, date(2025, 3, 1)) == "GA");
  REQUIRE(registry.conflicts().size() == 1);
  const Conflict& conflict = registry.conflicts().front();
  CHECK(conflict.kind == ConflictKind::Breach);
  CHECK(conflict.sentence ==
        "second-deal/first/grant grants HOST against the live exclusive of azure in first-deal/first/exclusive from "
        "2025-03-01 until 2026-01-01; "
        "it opens in breach, at the damages of first-deal/first/damages");
  // The breach ends with the exclusive, the grant goes on.
  CHECK(answer(registry, date(2026, 1, 1)) == "GA");
  REQUIRE(registry.breaches().size() == 1);
  CHECK(contracts::breached(registry, ContractId(0), date(2025, 12, 31)));
  CHECK_FALSE(contracts::breached(registry, ContractId(0), date(2026, 1, 1)));
  CHECK_FALSE(contracts::breached(registry, ContractId(0), date(2025, 2, 28)));
  CHECK_FALSE(contracts::breached(registry, ContractId(1), date(2025, 3, 1)));  // the one that breaks is not broken
}

TEST_CASE("without a price, with another's price or under another policy the same grant stays blocked",
          "[contracts][breach]") {
  const auto blocked = [](const std::vector<Contract>& cs) {
    const Registry registry = registry_of(cs);
    CHECK(answer(registry, date(2025, 3, 1)) == "NO:exclusive:HOST");
    CHECK(registry.breaches().empty());
    CHECK(registry.breakers(ContractId(0), date(2025, 3, 1)).empty());
    CHECK(told(registry) == std::vector<std::string>{"against 2025-03-01 2026-01-01"});
  };
  blocked({first_deal(), second_deal(ConflictPolicy::Block)});
  blocked({first_deal(), second_deal(ConflictPolicy::Renegotiate)});
  Contract unpriced = first_deal();
  unpriced.versions[0].clauses.pop_back();
  blocked({unpriced, second_deal()});
  Contract off = first_deal();
  off.versions[0].clauses.back().enabled = false;
  blocked({off, second_deal()});
  // Microsoft would pay openai: no party of the second deal owes anything for it.
  Contract other_way = first_deal();
  other_way.versions[0].clauses.back() = damages("microsoft", "openai");
  blocked({other_way, second_deal()});
  // Its price in a third contract is none of the first's.
  Contract third = one_version("third-deal", kMicrosoft, date(2024, 1, 1), {damages("openai", "microsoft")});
  blocked({first_deal(core::kNever - core::kDay), second_deal(), third});
}

TEST_CASE("a breach lasts while both the grant and the price are in force, and is blocked again after it",
          "[contracts][breach]") {
  // The price from 2025-04-01 to 2025-07-01: blocked before and after, and the report says all three.
  Contract first = first_deal(date(2025, 4, 1));
  first.versions[0].clauses.back().until = date(2025, 7, 1);
  const Registry registry = registry_of({first, second_deal()});
  CHECK(answer(registry, date(2025, 3, 31)) == "NO:exclusive:HOST");
  CHECK(answer(registry, date(2025, 4, 1)) == "GA");
  CHECK(answer(registry, date(2025, 6, 30)) == "GA");
  CHECK(answer(registry, date(2025, 7, 1)) == "NO:exclusive:HOST");
  CHECK(told(registry) == std::vector<std::string>{"against 2025-03-01 2025-04-01", "breach 2025-04-01 2025-07-01",
                                                   "against 2025-07-01 2026-01-01"});
  const Registry::Span span = registry.span(kAsked, date(2025, 5, 5));
  CHECK(span.since == date(2025, 4, 1));
  CHECK(span.until == date(2025, 7, 1));
  // A version that drops the price, or the policy, ends it too.
  Contract restated = first_deal();
  restated.versions.push_back(restated.versions[0]);
  restated.versions[1].name = "second";
  restated.versions[1].signed_on = restated.versions[1].effective = date(2025, 5, 1);
  restated.versions[1].clauses.pop_back();
  CHECK(answer(registry_of({restated, second_deal()}), date(2025, 4, 30)) == "GA");
  CHECK(answer(registry_of({restated, second_deal()}), date(2025, 5, 1)) == "NO:exclusive:HOST");
  Contract ended = second_deal();
  ended.terminated = date(2025, 6, 1);
  const Registry over = registry_of({first_deal(), ended});
  CHECK(told(over) == std::vector<std::string>{"breach 2025-03-01 2025-06-01"});
  CHECK(answer(over, date(2025, 6, 1)) == "NO:grant:HOST");
}

TEST_CASE("whoever grants against an exclusive breaks it, even if the grant is the older of the two",
          "[contracts][breach]") {
  // An older grant is cut, and nobody is to blame, as long as it yields; where it does not, using it is a breach.
  Contract old = second_deal(ConflictPolicy::Block);
  old.versions[0].signed_on = old.versions[0].effective = date(2023, 6, 1);
  CHECK(registry_of({first_deal(), old}).conflicts().empty());
  CHECK(answer(registry_of({first_deal(), old}), date(2024, 1, 1)) == "NO:exclusive:HOST");
  old.versions[0].conflict = ConflictPolicy::Breach;
  const Registry bold = registry_of({first_deal(), old});
  CHECK(answer(bold, date(2024, 1, 1)) == "GA");
  CHECK(told(bold) == std::vector<std::string>{"breach 2024-01-01 2026-01-01"});
}

TEST_CASE("what is carved out, voided or waived needs no breach, and a holder breaks nothing of its own",
          "[contracts][breach]") {
  Contract carved = first_deal();
  carved.versions[0].clauses.push_back(clause(K::Carveout, "carveout", {kHost}, {"aws"}));
  CHECK(registry_of({carved, second_deal()}).breaches().empty());
  Contract order = one_version("order", {}, date(2025, 1, 1), {clause(K::Void, "all", {}, {})});
  const Registry voided = registry_of({first_deal(), second_deal(), order});
  CHECK(voided.breaches().empty());
  CHECK(answer(voided, date(2025, 3, 1)) == "GA");
  // An exclusive on everything is broken as a whole: what HOST is never asked about is no blocked rest.
  Contract everything = first_deal();
  everything.versions[0].clauses[1].scope.products.clear();
  CHECK(told(registry_of({everything, second_deal()})) == std::vector<std::string>{"breach 2025-03-01 2026-01-01"});
  // A right of first refusal is broken like an exclusive, as long as it is not waived.
  Contract refusal = first_deal();
  refusal.versions[0].clauses[1] = clause(K::Rofr, "exclusive", {kHost}, {"azure"}, kApi);
  refusal.versions[0].clauses[1].as<kinds::Rofr>().waivers = {{"aws", date(2025, 9, 1)}};
  CHECK(told(registry_of({refusal, second_deal()})) == std::vector<std::string>{"breach 2025-03-01 2025-09-01"});
  // The second deal lets azure host: nobody is barred by its own exclusive.
  Contract own = second_deal();
  own.versions[0].clauses[0].as<kinds::Grant>().grantee = {"azure"};
  CHECK(registry_of({first_deal(), own}).breaches().empty());
  // A right to be first is not broken: when it delays anybody is a matter of releases.
  Contract ahead = first_deal();
  ahead.versions[0].clauses[1] = clause(K::ShipFirst, "ahead", {kChannel}, {"azure"});
  ahead.versions[0].clauses[1].as<kinds::ShipFirst>().lead = core::days(30);
  const Registry delayed = registry_of({ahead, second_deal()});
  const Release release{date(2025, 6, 1), date(2025, 6, 1), true, false};
  CHECK(to_string(delayed.decide(kAsked, date(2025, 6, 15), release)) == "NO:ship_first:CHANNEL");
  CHECK(delayed.breaches().empty());
}

TEST_CASE("a grant of products that its role is never asked about breaks nothing", "[contracts][breach]") {
  // Training is asked about TRAIN alone, so a grant of HOST for training and an exclusive on HOST never meet.
  Contract training = second_deal();
  training.versions[0].clauses[0] = clause(K::Grant, "grant", {kHost}, {"aws"}, {Product::Training});
  Contract everything = first_deal();
  everything.versions[0].clauses[1].scope.products.clear();
  const Registry registry = registry_of({everything, training});
  CHECK(registry.breaches().empty());
  CHECK(registry.breakers(ContractId(0), date(2025, 3, 1)).empty());
}

TEST_CASE("several breaching contracts are told apart and their dates joined over versions", "[contracts][breach]") {
  Contract third = second_deal();
  third.name = "third-deal";
  third.parties = {"openai", "oracle"};
  third.versions[0].clauses[0].as<kinds::Grant>().grantee = {"oci"};
  third.versions[0].signed_on = third.versions[0].effective = date(2025, 6, 1);
  Contract second = second_deal();
  second.versions.push_back(second.versions[0]);
  second.versions[1].name = "restated";
  second.versions[1].signed_on = second.versions[1].effective = date(2025, 8, 1);
  const Registry registry = registry_of({first_deal(), second, third});
  REQUIRE(registry.breaches().size() == 2);
  CHECK(registry.breaches()[0].by == ContractId(1));
  CHECK(registry.breaches()[0].from == date(2025, 3, 1));
  CHECK(registry.breaches()[0].until == date(2026, 1, 1));
  CHECK(registry.breaches()[1].by == ContractId(2));
  CHECK(registry.breaches()[1].from == date(2025, 6, 1));
  CHECK(registry.breakers(ContractId(0), date(2025, 5, 31)) == std::vector{ContractId(1)});
  CHECK(registry.breakers(ContractId(0), date(2025, 6, 1)) == std::vector{ContractId(1), ContractId(2)});
  CHECK(registry.breakers(ContractId(1), date(2025, 6, 1)).empty());
}

TEST_CASE("an exclusive licence permits its holder and bars everybody else from the models' IP",
          "[contracts][breach]") {
  Clause sole = clause(K::Licence, "licence", {}, {"m365"});
  Clause plain = clause(K::Licence, "licence", {}, {"azure"});
  const auto ask = [](const Registry& r, const char* channel) {
    return to_string(r.decide(tuple(Product::Copilot, channel, "azure"), date(2026, 1, 1)));
  };
  const auto with = [&](bool exclusive) {
    sole.as<kinds::Licence>().exclusive = exclusive;
    return registry_of({one_version("first-deal", kMicrosoft, date(2024, 1, 1), {sole}),
                        one_version("second-deal", {}, date(2025, 1, 1), {plain})});
  };
  CHECK(ask(with(false), "m365") == "GA");
  CHECK(ask(with(false), "azure") == "GA");
  CHECK(with(false).conflicts().empty());
  CHECK(ask(with(true), "m365") == "GA");
  CHECK(ask(with(true), "azure") == "NO:exclusive:IP");
  REQUIRE(with(true).conflicts().size() == 1);
  CHECK(with(true).conflicts()[0].sentence ==
        "second-deal/first/licence grants IP against the live exclusive of m365 in first-deal/first/licence from "
        "2025-01-01; the grant opens nothing while the exclusive lasts");
  // One licensee, or nobody would know who is barred.
  sole.as<kinds::Licence>().holder = {"m365", "azure"};
  CHECK_THROWS_WITH(with(true),
                    "contracts.first-deal.versions.first.clauses.licence.holder is 2 holders on IP; expected exactly "
                    "one. Name one channel for IP.");
  CHECK_NOTHROW(with(false));
}
