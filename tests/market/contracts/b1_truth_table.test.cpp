#include "tests/support/catch.hpp"

#include "tests/market/contracts/b1_registry.hpp"

using namespace b1;

namespace {

struct Row {
  core::SimTime when;
  const char* answer;
};

void check_rows(const Tuple& asked, const std::vector<Row>& rows) {
  static const Registry registry = b1::registry();
  for (const Row& row : rows) {
    INFO(core::to_string(row.when));
    CHECK(to_string(registry.decide(asked, row.when)) == row.answer);
  }
}

Tuple in_segment(Tuple t, const char* segment) {
  t.segment = registry().segment(segment);
  return t;
}

}  // namespace

// The eight rows of check B1, word for word.

TEST_CASE("row a: the API on Azure is general at every date", "[contracts][b1]") {
  check_rows(tuple(Product::ApiStateless, "azure", "azure"), {{date(2024, 6, 1), "GA"},
                                                              {date(2025, 6, 1), "GA"},
                                                              {date(2025, 12, 1), "GA"},
                                                              {date(2026, 3, 15), "GA"},
                                                              {date(2026, 5, 1), "GA"},
                                                              {date(2031, 6, 1), "GA"}});
}

TEST_CASE("row c: the lab's own API may run on AWS from the April amendment on", "[contracts][b1]") {
  check_rows(tuple(Product::ApiStateless, "direct", "aws"), {{date(2024, 6, 1), "NO:grant:HOST"},
                                                             {date(2025, 6, 1), "NO:grant:HOST"},
                                                             {date(2025, 12, 1), "NO:grant:HOST"},
                                                             {date(2026, 3, 15), "NO:grant:HOST"},
                                                             {date(2026, 4, 27), "GA"}});
}

TEST_CASE("row d: the API on Bedrock is permitted, previewed and general in that order", "[contracts][b1]") {
  check_rows(tuple(Product::ApiStateless, "bedrock", "aws"), {{date(2024, 6, 1), "NO:grant:HOST"},
                                                              {date(2025, 12, 1), "NO:grant:HOST"},
                                                              {date(2026, 3, 15), "NO:grant:HOST"},
                                                              {date(2026, 4, 26), "NO:grant:HOST"},
                                                              {date(2026, 4, 27), "NO:rollout:CHANNEL"},
                                                              {date(2026, 4, 28), "PREVIEW"},
                                                              {date(2026, 5, 31), "PREVIEW"},
                                                              {date(2026, 6, 1), "GA"}});
}

TEST_CASE("row f: the consumer app on Oracle is barred inside the window of first refusal", "[contracts][b1]") {
  check_rows(tuple(Product::Consumer, "direct", "oci"), {{date(2024, 6, 10), "NO:grant:HOST"},
                                                         {date(2024, 6, 11), "GA"},
                                                         {date(2025, 6, 1), "NO:exclusive:HOST"},
                                                         {date(2025, 10, 28), "GA"}});
}

TEST_CASE("row k: Frontier is sold by Bedrock while Azure hosts it", "[contracts][b1]") {
  check_rows(tuple(Product::EntApp, "bedrock", "azure"),
             {{date(2026, 2, 26), "NO:grant:CHANNEL"}, {date(2026, 2, 27), "GA"}, {date(2026, 5, 1), "GA"}});
}

TEST_CASE("row m: Amazon's own exclusivity over Frontier survives the end of Azure's", "[contracts][b1]") {
  check_rows(tuple(Product::EntApp, "azure", "azure"), {{date(2026, 1, 15), "GA"},
                                                        {date(2026, 3, 15), "NO:exclusive:CHANNEL"},
                                                        {date(2026, 5, 1), "NO:exclusive:CHANNEL"}});
}

TEST_CASE("row n: open weights are on Bedrock from their release", "[contracts][b1]") {
  check_rows(tuple(Product::ApiStateless, "bedrock", "aws", "", ModelClass::OpenWeight),
             {{date(2025, 8, 4), "NO:grant:HOST"}, {date(2025, 8, 5), "GA"}, {date(2025, 11, 1), "GA"}});
}

TEST_CASE("row p: the licensed application works until the licence ends", "[contracts][b1]") {
  check_rows(tuple(Product::Copilot, "m365"), {{date(2024, 6, 1), "GA"},
                                               {date(2029, 12, 31), "GA"},
                                               {date(2030, 6, 1), "GA"},
                                               {date(2032, 12, 31), "GA"},
                                               {date(2033, 1, 1), "NO:grant:IP"}});
}

// Further rows, derived by hand from the registry.

TEST_CASE("agents need a runtime of their own: Azure's host, Bedrock's channel and AWS's runtime combine",
          "[contracts][b1]") {
  // Host azure: granted always. Channel bedrock: granted for agents from 2026-02-27, and version 3 of the
  // Microsoft contract is exclusive on the channel for the API only. Runtime aws: granted on the same day.
  // From 2026-04-27 the rollout regimes agents on Bedrock: nothing on the 27th, preview from the 28th, without end.
  check_rows(tuple(Product::AgentStateful, "bedrock", "azure", "aws"), {{date(2026, 2, 26), "NO:grant:CHANNEL"},
                                                                        {date(2026, 2, 27), "GA"},
                                                                        {date(2026, 4, 27), "NO:rollout:CHANNEL"},
                                                                        {date(2026, 4, 28), "PREVIEW"},
                                                                        {date(2030, 1, 1), "PREVIEW"}});
  // Host aws fails first until April; a runtime on Google was never granted and is tested last.
  check_rows(tuple(Product::AgentStateful, "bedrock", "aws", "aws"),
             {{date(2026, 3, 15), "NO:grant:HOST"}, {date(2026, 4, 28), "PREVIEW"}});
  check_rows(tuple(Product::AgentStateful, "bedrock", "azure", "gcp"),
             {{date(2026, 3, 15), "NO:grant:RUNTIME"}, {date(2026, 5, 1), "NO:grant:RUNTIME"}});
  // No runtime named: the channel's own cloud, aws for Bedrock; for `direct` the host, here azure.
  check_rows(tuple(Product::AgentStateful, "bedrock", "azure"), {{date(2026, 2, 27), "GA"}});
  check_rows(tuple(Product::AgentStateful, "direct", "azure"), {{date(2024, 6, 1), "GA"}, {date(2026, 5, 1), "GA"}});
}

TEST_CASE("national security customers reach the API on AWS half a year before the others", "[contracts][b1]") {
  // Grants (aws HOST, bedrock CHANNEL) and both carve-outs of the Microsoft contract begin on 2025-10-28.
  // The rollouts speak of commercial segments, so nothing regimes this one.
  check_rows(in_segment(tuple(Product::ApiStateless, "bedrock", "aws"), "us_natsec"),
             {{date(2025, 10, 27), "NO:grant:HOST"},
              {date(2025, 10, 28), "GA"},
              {date(2026, 4, 27), "GA"},
              {date(2026, 5, 1), "GA"}});
  // Agents are not in that grant.
  check_rows(in_segment(tuple(Product::AgentStateful, "bedrock", "aws"), "us_natsec"),
             {{date(2025, 12, 1), "NO:grant:HOST"}});
  // A named commercial segment is answered like the commercial segments in general.
  check_rows(in_segment(tuple(Product::ApiStateless, "bedrock", "aws"), "regulated"),
             {{date(2025, 12, 1), "NO:grant:HOST"}, {date(2026, 5, 1), "PREVIEW"}});
}

TEST_CASE("open weights are on the clouds that signed for them and on no other", "[contracts][b1]") {
  const auto open = [](const char* channel, const char* host) {
    return tuple(Product::Batch, channel, host, "", ModelClass::OpenWeight);
  };
  check_rows(open("azure", "azure"),
             {{date(2025, 8, 4), "GA"}, {date(2025, 8, 5), "GA"}});  // Azure's grant always covered every class
  check_rows(open("vertex", "gcp"),
             {{date(2025, 8, 4), "NO:grant:HOST"}, {date(2025, 8, 5), "GA"}, {date(2026, 5, 1), "GA"}});
  check_rows(open("oci", "oci"), {{date(2025, 9, 1), "NO:grant:HOST"}});  // Oracle hosts consumer and ent_app only
  check_rows(open("direct", "coreweave"), {{date(2025, 9, 1), "NO:grant:HOST"}});
  check_rows(open("oci", "gcp"), {{date(2025, 9, 1), "NO:grant:CHANNEL"}});
  const Tuple agents = tuple(Product::AgentStateful, "vertex", "gcp", "gcp", ModelClass::OpenWeight);
  check_rows(agents, {{date(2025, 8, 5), "GA"}, {date(2026, 5, 1), "GA"}});
}

TEST_CASE("training and research ask for TRAIN alone", "[contracts][b1]") {
  for (const Product p : {Product::Training, Product::Research}) {
    check_rows(tuple(p, "", "azure"), {{date(2023, 1, 22), "NO:grant:TRAIN"}, {date(2023, 1, 23), "GA"}});
    // Oracle: granted and carved out of the exclusive on the same day.
    check_rows(tuple(p, "", "oci"),
               {{date(2024, 6, 10), "NO:grant:TRAIN"}, {date(2024, 6, 11), "GA"}, {date(2025, 6, 1), "GA"}});
    // Amazon: granted 2025-11-03, when no version bars TRAIN any more.
    check_rows(tuple(p, "", "aws"), {{date(2025, 11, 2), "NO:grant:TRAIN"}, {date(2025, 11, 3), "GA"}});
    check_rows(tuple(p, "", "gcp"), {{date(2030, 1, 1), "NO:grant:TRAIN"}});
  }
}

TEST_CASE("fine-tuning and batch on Bedrock are general with the amendment, for no rollout names them",
          "[contracts][b1]") {
  check_rows(tuple(Product::Finetune, "bedrock", "aws"),
             {{date(2026, 4, 26), "NO:grant:HOST"}, {date(2026, 4, 27), "GA"}});
  check_rows(tuple(Product::Batch, "bedrock", "aws"), {{date(2026, 4, 27), "GA"}});
  // Azure-hosted, the channel decides: no grant before February covers the API on Bedrock.
  check_rows(tuple(Product::Batch, "bedrock", "azure"), {{date(2026, 3, 15), "NO:grant:CHANNEL"}});
}

TEST_CASE("consumers on AWS: granted in November 2025, when October's version no longer bars them", "[contracts][b1]") {
  check_rows(tuple(Product::Consumer, "direct", "aws"),
             {{date(2025, 11, 2), "NO:grant:HOST"}, {date(2025, 11, 3), "GA"}, {date(2026, 5, 1), "GA"}});
}

TEST_CASE("the licensed application has no other channel and other labs have no contract", "[contracts][b1]") {
  check_rows(tuple(Product::Copilot, "azure"), {{date(2024, 6, 1), "NO:grant:IP"}});
  check_rows(tuple(Product::Copilot, "direct"), {{date(2024, 6, 1), "NO:grant:IP"}});
  check_rows(tuple(Product::ApiStateless, "m365", "azure"), {{date(2024, 6, 1), "NO:grant:CHANNEL"}});
  Tuple other = tuple(Product::ApiStateless, "azure", "azure");
  other.lab = LabId(0);  // anthropic
  check_rows(other, {{date(2026, 5, 1), "NO:grant:HOST"}});
}

TEST_CASE("no clause of the history names a region, so every region is answered like all of them", "[contracts][b1]") {
  for (const RegionId region : {RegionId(), RegionId(0), RegionId(1)}) {
    Tuple api = tuple(Product::Finetune, "bedrock", "aws"), frontier = tuple(Product::EntApp, "azure", "azure");
    api.region = frontier.region = region;
    check_rows(api, {{date(2026, 4, 26), "NO:grant:HOST"}, {date(2026, 4, 27), "GA"}});
    check_rows(frontier, {{date(2026, 2, 26), "GA"}, {date(2026, 2, 27), "NO:exclusive:CHANNEL"}});
  }
}

TEST_CASE("Oracle hosts first-party work only, and only outside the window of first refusal", "[contracts][b1]") {
  // Granted HOST for FIRST from 2024-06-11; v1 carves Oracle out of HOST, v2 bars FIRST hosting, v3 bars ent_app
  // hosting but not the consumer app, v4 bars nothing on HOST. Frontier's channel is Amazon's alone from 2026-02-27,
  // which does not reach the lab's own channel.
  check_rows(tuple(Product::EntApp, "direct", "oci"), {{date(2024, 6, 11), "GA"},
                                                       {date(2025, 1, 20), "GA"},
                                                       {date(2025, 1, 21), "NO:exclusive:HOST"},
                                                       {date(2025, 10, 28), "NO:exclusive:HOST"},
                                                       {date(2026, 4, 26), "NO:exclusive:HOST"},
                                                       {date(2026, 4, 27), "GA"}});
  check_rows(tuple(Product::ApiStateless, "direct", "oci"),
             {{date(2024, 6, 11), "NO:grant:HOST"}, {date(2026, 5, 1), "NO:grant:HOST"}});
  // Sold by Oracle: nobody granted that channel.
  check_rows(tuple(Product::Consumer, "oci", "oci"),
             {{date(2024, 6, 11), "NO:grant:CHANNEL"}, {date(2026, 5, 1), "NO:grant:CHANNEL"}});
}

TEST_CASE("an agent of the lab's own channel may keep its state on AWS once AWS has that grant", "[contracts][b1]") {
  // RUNTIME aws: granted 2026-02-27 for agents. Channel direct needs no grant; host azure is always granted.
  check_rows(tuple(Product::AgentStateful, "direct", "azure", "aws"),
             {{date(2026, 2, 26), "NO:grant:RUNTIME"}, {date(2026, 2, 27), "GA"}, {date(2026, 4, 28), "GA"}});
  // On AWS throughout: HOST of agents only from 2026-04-27, and no rollout regimes the lab's own channel.
  check_rows(tuple(Product::AgentStateful, "direct", "aws"),
             {{date(2026, 4, 26), "NO:grant:HOST"}, {date(2026, 4, 27), "GA"}});
}

TEST_CASE("a waiver recorded under the right of first refusal opens the waived host from its date", "[contracts][b1]") {
  std::vector<Contract> cs = history();
  for (Clause& c : cs[0].versions[1].clauses)
    if (auto* rofr = c.get_if<kinds::Rofr>()) rofr->waivers = {{"oci", date(2025, 5, 1)}};
  const Registry waived = registry_of(cs);
  const Tuple on_oracle = tuple(Product::Consumer, "direct", "oci");
  CHECK(to_string(waived.decide(on_oracle, date(2025, 4, 30))) == "NO:exclusive:HOST");
  CHECK(to_string(waived.decide(on_oracle, date(2025, 5, 1))) == "GA");
  // ...for the waived host and the right's own scope (FIRST) only.
  CHECK(to_string(waived.decide(tuple(Product::ApiStateless, "direct", "oci"), date(2025, 6, 1))) == "NO:grant:HOST");
}

TEST_CASE("a right of first refusal bars by itself, without an exclusive beside it", "[contracts][b1]") {
  std::vector<Contract> cs = history();
  std::erase_if(cs[0].versions[1].clauses, [](const Clause& c) { return c.name == "host-exclusive"; });
  const Registry registry = registry_of(cs);
  const Verdict verdict = registry.decide(tuple(Product::Consumer, "direct", "oci"), date(2025, 6, 1));
  CHECK(to_string(verdict) == "NO:exclusive:HOST");
  CHECK(registry.path(verdict.by) == "openai-microsoft/v2/first-refusal");
}

TEST_CASE("a verdict names the clause that decided it", "[contracts][b1]") {
  const Registry registry = b1::registry();
  const auto named = [&](const Tuple& t, core::SimTime when) {
    const Verdict v = registry.decide(t, when);
    return registry.path(v.by);
  };
  CHECK(named(tuple(Product::Consumer, "direct", "oci"), date(2025, 6, 1)) == "openai-microsoft/v2/host-exclusive");
  CHECK(named(tuple(Product::EntApp, "azure", "azure"), date(2026, 5, 1)) == "openai-amazon/v3/frontier");
  CHECK(named(tuple(Product::ApiStateless, "bedrock", "aws"), date(2026, 5, 1)) == "rollouts/first/api");
  CHECK(named(tuple(Product::ApiStateless, "bedrock", "aws"), date(2026, 4, 26))
            .empty());  // nothing permits: no clause to name
  CHECK(named(tuple(Product::ApiStateless, "bedrock", "aws"), date(2026, 6, 1)) == "openai-amazon/v3/grant");
  CHECK(named(tuple(Product::Copilot, "m365"), date(2026, 6, 1)) == "openai-microsoft/v4/licence");
  const Verdict preview = registry.decide(tuple(Product::ApiStateless, "bedrock", "aws"), date(2026, 5, 1));
  CHECK(preview.allowlist == 0.2);
  CHECK(preview.token_cap == 0.5);
}

TEST_CASE("a span tells when the answer last changed and next will", "[contracts][b1]") {
  const Registry registry = b1::registry();
  const Tuple bedrock = tuple(Product::ApiStateless, "bedrock", "aws");
  const auto preview = registry.span(bedrock, date(2026, 5, 15));
  CHECK(preview.since == date(2026, 4, 28));
  CHECK(preview.until == date(2026, 6, 1));
  // The one day between permission and preview.
  const auto permitted = registry.span(bedrock, date(2026, 4, 27));
  CHECK(permitted.since == date(2026, 4, 27));
  CHECK(permitted.until == date(2026, 4, 28));
  // New versions of the contracts that leave the answer alone are no change.
  const auto azure = registry.span(tuple(Product::ApiStateless, "azure", "azure"), date(2026, 1, 1));
  CHECK(azure.since == date(2023, 1, 23));
  CHECK(azure.until == core::kNever);
  const auto before = registry.span(bedrock, date(2020, 1, 1));
  CHECK(before.since == core::kAlways);
  CHECK(before.until == date(2026, 4, 27));
}
