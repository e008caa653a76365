#include <algorithm>

#include "tests/market/contracts/b1_registry.hpp"
#include "tests/support/catch.hpp"

using namespace b1;

namespace {

struct Brief {
  ConflictKind kind;
  std::string senior, junior;
  core::SimTime from, until;
  bool operator==(const Brief&) const = default;
};
std::vector<Brief> brief(const Registry& registry) {
  std::vector<Brief> out;
  for (const Conflict& c : registry.conflicts()) out.push_back({c.kind, c.senior, c.junior, c.from, c.until});
  return out;
}
constexpr auto kTwo = ConflictKind::Exclusives;
constexpr auto kGrant = ConflictKind::GrantAgainstLive;

/// Azure hosts exclusively in 2024 and 2025.
Contract azure_exclusive() {
  Contract c = one_version("first-deal", {}, date(2024, 1, 1),
                           {clause(K::Grant, "grant", {kHost, kChannel}, {"azure"}),
                            clause(K::Exclusive, "exclusive", {kHost}, {"azure"}, kApi)});
  c.versions[0].ends = date(2026, 1, 1);
  return c;
}
Contract aws_exclusive(core::SimTime from) {
  return one_version("second-deal", {}, from,
                     {clause(K::Grant, "grant", {kHost, kChannel}, {"aws", "bedrock"}),
                      clause(K::Exclusive, "exclusive", {kHost}, {"aws"}, {Product::ApiStateless})});
}

}  // namespace

TEST_CASE("a grant signed against a live exclusive is blocked and reported until the exclusive ends",
          "[contracts][b3]") {
  // First deal: azure exclusive on HOST of the API, 2024-01-01 to 2026-01-01. Second deal: aws HOST and bedrock
  // CHANNEL granted 2025-03-01, when the exclusive lives. HOST contradicts, CHANNEL does not; the exclusive goes on
  // deciding until its end, and from then on the old grant opens by itself.
  Contract second = aws_exclusive(date(2025, 3, 1));
  second.versions[0].clauses.pop_back();
  const Registry registry = registry_of({azure_exclusive(), second});
  CHECK(brief(registry) == std::vector<Brief>{{kGrant, "first-deal/first/exclusive", "second-deal/first/grant",
                                               date(2025, 3, 1), date(2026, 1, 1)}});
  CHECK(registry.conflicts().front().sentence ==
        "second-deal/first/grant grants HOST against the live exclusive of azure in first-deal/first/exclusive from "
        "2025-03-01 until 2026-01-01; "
        "the grant opens nothing while the exclusive lasts");
  const Tuple api = tuple(Product::Batch, "bedrock", "aws");
  CHECK(to_string(registry.decide(api, date(2025, 2, 28))) == "NO:grant:HOST");
  CHECK(to_string(registry.decide(api, date(2025, 3, 1))) == "NO:exclusive:HOST");
  CHECK(to_string(registry.decide(api, date(2026, 1, 1))) == "GA");
  CHECK_FALSE(registry.decide(api, date(2025, 3, 1)).conflict);  // one exclusive only
  // Products that no exclusive names are open at once.
  CHECK(to_string(registry.decide(tuple(Product::EntApp, "bedrock", "aws"), date(2025, 3, 1))) == "GA");
}

TEST_CASE("a grant signed before the exclusive lived is not signed against it, even if it takes effect later",
          "[contracts][b3]") {
  // Signed 2023-06-01, effective 2025-03-01; the exclusive lives from 2024-01-01. It blocks, and nobody is to blame.
  Contract second = aws_exclusive(date(2025, 3, 1));
  second.versions[0].signed_on = date(2023, 6, 1);
  second.versions[0].clauses.pop_back();
  const Registry early = registry_of({azure_exclusive(), second});
  CHECK(early.conflicts().empty());
  CHECK(to_string(early.decide(tuple(Product::Batch, "bedrock", "aws"), date(2025, 3, 1))) == "NO:exclusive:HOST");
  // Signed one day after the exclusive began to live: against it.
  second.versions[0].signed_on = date(2024, 1, 2);
  CHECK(registry_of({azure_exclusive(), second}).conflicts().size() == 1);
}

TEST_CASE("the lab's own channel is no party to a conflict over channels", "[contracts][b3]") {
  // Two exclusives on CHANNEL whose carve-outs leave nobody but `direct` to bar: no third party, no conflict.
  const std::vector<std::string> others{"azure", "bedrock", "m365", "oci", "vertex"};
  const auto only_direct = [&](const std::string& name, const std::string& holder) {
    return one_version(name, {}, date(2025, 1, 1),
                       {clause(K::Exclusive, "e", {kChannel}, {holder}), clause(K::Carveout, "c", {kChannel}, others)});
  };
  CHECK(registry_of({only_direct("one", "azure"), only_direct("two", "bedrock")}).conflicts().empty());
}

TEST_CASE("a grant older than the exclusive is cut by it, but is no grant signed against it", "[contracts][b3]") {
  Contract second = aws_exclusive(date(2023, 6, 1));
  second.versions[0].clauses.pop_back();
  const Registry registry = registry_of({azure_exclusive(), second});
  CHECK(registry.conflicts().empty());
  CHECK(to_string(registry.decide(tuple(Product::Batch, "bedrock", "aws"), date(2024, 1, 1))) == "NO:exclusive:HOST");
  // Restating the old grant in a later version makes it no newer.
  Version restated = second.versions[0];
  restated.name = "restated";
  restated.signed_on = restated.effective = date(2024, 9, 1);
  second.versions.push_back(restated);
  CHECK(registry_of({azure_exclusive(), second}).conflicts().empty());
}

TEST_CASE("of two exclusives on one role the contract that took effect first prevails", "[contracts][b3]") {
  // Both are exclusive on HOST: azure for the API (three products) from 2024, aws for api_stateless from 2025-03-01.
  // They overlap in api_stateless until 2026-01-01. Azure's contract is the senior: on api_stateless it may host and
  // AWS may not, flagged; on batch there is no overlap, so no flag. From 2026 AWS's stands alone.
  const Registry registry = registry_of({aws_exclusive(date(2025, 3, 1)), azure_exclusive()});
  const std::string senior = "first-deal/first/exclusive";
  CHECK(brief(registry) ==
        std::vector<Brief>{{kTwo, senior, "second-deal/first/exclusive", date(2025, 3, 1), date(2026, 1, 1)},
                           {kGrant, senior, "second-deal/first/grant", date(2025, 3, 1), date(2026, 1, 1)}});
  CHECK(registry.conflicts().front().sentence ==
        "first-deal/first/exclusive (azure) and second-deal/first/exclusive (aws) are both exclusive on HOST from "
        "2025-03-01 until 2026-01-01; "
        "first-deal/first/exclusive prevails by seniority");
  const auto named = [&](const Verdict& v) { return registry.path(v.by); };
  const Verdict aws = registry.decide(tuple(Product::ApiStateless, "bedrock", "aws"), date(2025, 6, 1));
  CHECK(to_string(aws) == "NO:exclusive:HOST");
  CHECK(aws.conflict);
  CHECK(named(aws) == senior);
  const Verdict azure = registry.decide(tuple(Product::ApiStateless, "azure", "azure"), date(2025, 6, 1));
  CHECK(to_string(azure) == "GA");
  CHECK(azure.conflict);
  CHECK(named(azure) == senior);
  const Verdict batch = registry.decide(tuple(Product::Batch, "bedrock", "aws"), date(2025, 6, 1));
  CHECK(to_string(batch) == "NO:exclusive:HOST");
  CHECK_FALSE(batch.conflict);
  CHECK(to_string(registry.decide(tuple(Product::ApiStateless, "bedrock", "aws"), date(2026, 1, 1))) == "GA");
  CHECK_FALSE(registry.decide(tuple(Product::ApiStateless, "bedrock", "aws"), date(2026, 1, 1)).conflict);
}

TEST_CASE("carve-outs that cover the whole overlap leave no conflict", "[contracts][b3]") {
  // AWS's exclusive is about api_stateless. Azure's contract carves that product out for everybody: no overlap.
  // (Its grant covers batch and finetune as well, where azure's bar lives on: that contradiction remains.)
  // Carved out for aws alone, the overlap is empty for aws as an actor and remains for the others: still a conflict.
  const auto count = [](const Registry& r, ConflictKind kind) {
    return std::count_if(r.conflicts().begin(), r.conflicts().end(),
                         [kind](const Conflict& c) { return c.kind == kind; });
  };
  Contract first = azure_exclusive();
  first.versions[0].clauses.push_back(clause(K::Carveout, "carveout", {kHost}, {}, {Product::ApiStateless}));
  CHECK(count(registry_of({azure_exclusive(), aws_exclusive(date(2025, 3, 1))}), kTwo) == 1);
  const Registry carved = registry_of({first, aws_exclusive(date(2025, 3, 1))});
  CHECK(count(carved, kTwo) == 0);
  CHECK(count(carved, kGrant) == 1);
  first.versions[0].clauses.back().as<kinds::Carveout>().holder = {"aws"};
  const Registry partly = registry_of({first, aws_exclusive(date(2025, 3, 1))});
  CHECK(count(partly, kTwo) == 1);
  CHECK(to_string(partly.decide(tuple(Product::ApiStateless, "bedrock", "aws"), date(2025, 6, 1))) == "GA");
  // A carve-out of another contract helps nobody.
  Contract second = aws_exclusive(date(2025, 3, 1));
  second.versions[0].clauses.push_back(clause(K::Carveout, "carveout", {kHost}, {}, {Product::Batch}));
  CHECK(to_string(registry_of({azure_exclusive(), second})
                      .decide(tuple(Product::Batch, "bedrock", "aws"), date(2025, 6, 1))) == "NO:exclusive:HOST");
}

TEST_CASE("the history of check B1 contradicts itself nowhere", "[contracts][b3]") {
  // Every later grant or exclusive, held against the exclusives that live on its day:
  //   2024-06-11 oci HOST, TRAIN      v1 bars both, and carves oci out of both from that very day.
  //   2025-01-21 v2 bars HOST {FIRST} again without the carve-out: it cuts Oracle's grant (row f), but the grant is
  //              the older of the two, so it was not signed against this exclusive.
  //   2025-08-05 open weights         v2 carves the class out of HOST and CHANNEL from that day; nothing bars RUNTIME.
  //   2025-10-28 us_natsec API        v3 carves it out on HOST and CHANNEL.
  //   2025-11-03 aws HOST {consumer}, TRAIN   v3 bars HOST for API, AG and ent_app only, TRAIN not at all.
  //   2026-02-27 bedrock CHANNEL {AG, ent_app}, aws RUNTIME   v3 bars CHANNEL for the API only: this is why AWS could
  //              distribute agents and Frontier while Azure's API exclusive lived.
  //   2026-02-27 EXCLUSIVE bedrock CHANNEL {ent_app} against EXCLUSIVE azure CHANNEL {API}: no product in common.
  //   2026-04-27 aws, bedrock, everything     v4, of the same day, bars nothing.
  //   2026-04-27 azure CHANNEL restated in v4 under bedrock's ent_app exclusive: the grant dates from 2023, so the
  //              exclusive cuts it (row m) and nobody signed against it.
  CHECK(b1::registry().conflicts().empty());
}

TEST_CASE("had October 2025 gone on, Amazon's April grants would stand against a live exclusive", "[contracts][b3]") {
  // Without v4, v3 goes on: EXCLUSIVE azure HOST {API, AG, ent_app} and CHANNEL {API}. Amazon's v3 grants aws HOST and
  // bedrock CHANNEL for everything on 2026-04-27. Two contradictions, both with that one grant, neither ever ending.
  std::vector<Contract> cs = history();
  cs[0].versions.pop_back();
  const Registry registry = registry_of(cs);
  const auto april = date(2026, 4, 27);
  CHECK(brief(registry) ==
        std::vector<Brief>{
            {kGrant, "openai-microsoft/v3/channel-exclusive", "openai-amazon/v3/grant", april, core::kNever},
            {kGrant, "openai-microsoft/v3/host-exclusive", "openai-amazon/v3/grant", april, core::kNever}});
  CHECK(to_string(registry.decide(tuple(Product::ApiStateless, "bedrock", "aws"), date(2026, 7, 1))) ==
        "NO:exclusive:HOST");
  CHECK(to_string(registry.decide(tuple(Product::ApiStateless, "bedrock", "azure"), date(2026, 7, 1))) ==
        "NO:exclusive:CHANNEL");
  CHECK(to_string(registry.decide(tuple(Product::EntApp, "bedrock", "azure"), date(2026, 7, 1))) == "GA");
  // The same with an April version that keeps the exclusives under its own signature.
  cs = history();
  for (const Clause& kept : cs[0].versions[2].clauses)
    if (kept.is<kinds::Exclusive>()) cs[0].versions[3].clauses.push_back(kept);
  const std::vector<Brief> signed_together = brief(registry_of(cs));
  REQUIRE(signed_together.size() == 2);
  CHECK(signed_together[0] ==
        Brief{kGrant, "openai-microsoft/v4/channel-exclusive", "openai-amazon/v3/grant", april, core::kNever});
}

TEST_CASE("had January 2023 never loosened, both of Amazon's steps would contradict it", "[contracts][b3]") {
  // Only v1: EXCLUSIVE azure HOST, TRAIN, CHANNEL for everything; Oracle carved out of HOST and TRAIN.
  //   open weights 2025-08-05 (HOST, CHANNEL), natsec 2025-10-28 (host, channel clauses): against it, for ever.
  //   Amazon v1 2025-11-03: host and train. They are restated in v2 and then replaced in v3, so: host and train in
  //   v1 until 2026-02-27, in v2 until 2026-04-27, and v2's channel clause; v3's grant for ever. RUNTIME is not barred.
  //   Amazon's Frontier exclusive: two exclusives on CHANNEL, v2 then v3; Microsoft's contract is the senior.
  std::vector<Contract> cs = history();
  cs[0].versions.resize(1);
  const std::string bar = "openai-microsoft/v1/exclusive";
  const auto nov = date(2025, 11, 3), feb = date(2026, 2, 27), april = date(2026, 4, 27), ever = core::kNever;
  CHECK(brief(registry_of(cs)) == std::vector<Brief>{{kGrant, bar, "open-weights/first/grant", date(2025, 8, 5), ever},
                                                     {kGrant, bar, "natsec/first/channel", date(2025, 10, 28), ever},
                                                     {kGrant, bar, "natsec/first/host", date(2025, 10, 28), ever},
                                                     {kGrant, bar, "openai-amazon/v1/host", nov, feb},
                                                     {kGrant, bar, "openai-amazon/v1/train", nov, feb},
                                                     {kGrant, bar, "openai-amazon/v2/channel", feb, april},
                                                     {kTwo, bar, "openai-amazon/v2/frontier", feb, april},
                                                     {kGrant, bar, "openai-amazon/v2/host", feb, april},
                                                     {kGrant, bar, "openai-amazon/v2/train", feb, april},
                                                     {kTwo, bar, "openai-amazon/v3/frontier", april, ever},
                                                     {kGrant, bar, "openai-amazon/v3/grant", april, ever}});
}

TEST_CASE("a right of first refusal is an exclusive in a conflict too", "[contracts][b3]") {
  Contract first =
      one_version("first-deal", {}, date(2024, 1, 1), {clause(K::Rofr, "first-refusal", {kHost}, {"azure"}, kApi)});
  const Registry registry = registry_of({first, aws_exclusive(date(2025, 3, 1))});
  REQUIRE(registry.conflicts().size() == 2);
  CHECK(registry.conflicts()[0].senior == "first-deal/first/first-refusal");
}

TEST_CASE("equal first dates are settled by name, whatever the order of the file", "[contracts][b3]") {
  Contract zebra = one_version("zebra", {}, date(2025, 1, 1), {clause(K::Exclusive, "e", {kHost}, {"azure"})});
  Contract ant = one_version("ant", {}, date(2025, 1, 1), {clause(K::Exclusive, "e", {kHost}, {"aws"})});
  for (const Registry& registry : {registry_of({zebra, ant}), registry_of({ant, zebra})}) {
    REQUIRE(registry.conflicts().size() == 1);
    CHECK(registry.conflicts()[0].senior == "ant/first/e");
  }
}
