#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sim/market/contracts/registry.hpp"
#include "tests/market/contracts/kinds.hpp"

/// The regime history of check B1, 2023-01-23 to 2033: a reading of public reports, not of the contracts.
/// Written with plain helpers so that a reader can hold it against the check line by line.
namespace b1 {

using namespace rackrate;
using namespace rackrate::market;
using core::date;
using K = test::Kinds;

inline Vocabulary vocabulary() {
  Vocabulary v;
  v.firms = {"amazon", "anthropic", "coreweave", "google", "microsoft", "openai", "oracle"};
  v.clouds = {"aws", "azure", "coreweave", "gcp", "oci"};
  v.labs = {"anthropic", "openai"};
  v.channels = {"azure", "bedrock", "direct", "m365", "oci", "vertex"};
  v.segments = {"ai_native", "large", "mid", "public", "regulated", "smb"};  // us_natsec exists in contracts only
  v.regions = {"eu", "us"};
  return v;
}
/// azure -> azure, bedrock -> aws, direct and m365 -> none, oci -> oci, vertex -> gcp.
inline Table<ChannelId, CloudId> channel_cloud() {
  return std::vector{CloudId(1), CloudId(0), CloudId(), CloudId(), CloudId(4), CloudId(3)};
}

using Products = std::vector<Product>;
inline const Products kFirst{Product::Consumer, Product::EntApp};
inline const Products kApi{Product::ApiStateless, Product::Finetune, Product::Batch};
inline const Products kAgents{Product::AgentStateful};
inline const Products kEveryProduct{};
inline Products join(std::initializer_list<Products> parts) {
  Products all;
  for (const Products& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline Clause clause(ClauseKind kind, std::string name, const std::vector<Role>& roles,
                     const std::vector<std::string>& holders, Products products = {}) {
  Clause c;
  c.name = std::move(name);
  c.terms = blank_terms(kind);
  test::set_right(c, roles, holders);
  c.scope.labs = {"openai"};
  c.scope.products = std::move(products);
  return c;
}
inline Clause starting(core::SimTime from, Clause c) {
  c.from = from;
  return c;
}
inline Clause ending(core::SimTime until, Clause c) {
  c.until = until;
  return c;
}
inline Clause open_weights(Clause c) {
  c.scope.model_class = {ModelClass::OpenWeight};
  return c;
}
inline Clause closed(Clause c) {
  c.scope.model_class = {ModelClass::Closed};
  return c;
}
inline Clause for_segments(std::vector<std::string> segments, Clause c) {
  c.scope.segments = std::move(segments);
  return c;
}
inline Clause rollout(std::string name, Products products, core::SimTime preview, core::SimTime general) {
  Clause c = for_segments(
      {"commercial"}, closed(clause(K::Rollout, std::move(name), {Role::Channel}, {"bedrock"}, std::move(products))));
  auto& regimes = c.as<kinds::Rollout>();
  regimes.preview = preview;
  regimes.general = general;
  regimes.allowlist = 0.2;
  regimes.token_cap = 0.5;
  return c;
}

inline Version version(std::string name, core::SimTime signed_on, std::vector<Clause> clauses) {
  Version v;
  v.name = std::move(name);
  v.signed_on = v.effective = signed_on;
  v.clauses = std::move(clauses);
  return v;
}

constexpr auto kHost = Role::Host;
constexpr auto kChannel = Role::Channel;
constexpr auto kRuntime = Role::Runtime;
constexpr auto kTrain = Role::Train;

inline Contract openai_microsoft() {
  const Clause grant = clause(K::Grant, "grant", {kHost, kChannel, kRuntime, kTrain}, {"azure"});
  const Clause licence = clause(K::Licence, "licence", {}, {"m365"});
  Contract c;
  c.name = "openai-microsoft";
  c.parties = {"openai", "microsoft"};
  c.versions = {
      version("v1", date(2023, 1, 23),
              {grant, clause(K::Exclusive, "exclusive", {kHost, kTrain, kChannel}, {"azure"}),
               starting(date(2024, 6, 11), clause(K::Carveout, "oracle", {kHost, kTrain}, {"oci"})),
               ending(date(2030, 1, 1), licence)}),
      version("v2", date(2025, 1, 21),
              {grant, clause(K::Exclusive, "host-exclusive", {kHost}, {"azure"}, join({kApi, kAgents, kFirst})),
               clause(K::Exclusive, "channel-exclusive", {kChannel}, {"azure"}, join({kApi, kAgents})),
               clause(K::Rofr, "first-refusal", {kHost}, {"azure"}, kFirst),
               starting(date(2025, 8, 5), open_weights(clause(K::Carveout, "open-weights", {kHost, kChannel}, {}))),
               ending(date(2030, 1, 1), licence)}),
      version(
          "v3", date(2025, 10, 28),
          {grant, clause(K::Exclusive, "host-exclusive", {kHost}, {"azure"}, join({kApi, kAgents, {Product::EntApp}})),
           clause(K::Exclusive, "channel-exclusive", {kChannel}, {"azure"}, kApi),
           open_weights(clause(K::Carveout, "open-weights", {kHost, kChannel}, {})),
           for_segments({"us_natsec"}, clause(K::Carveout, "natsec", {kHost, kChannel}, {}, kApi)),
           ending(date(2033, 1, 1), licence)}),
      version("v4", date(2026, 4, 27),
              {grant, ending(date(2033, 1, 1), licence),
               closed(clause(K::ShipFirst, "ship-first", {kChannel}, {"azure"}, join({kApi, kAgents})))})};
  return c;
}

inline Contract openai_amazon() {
  const Clause consumer = clause(K::Grant, "host", {kHost}, {"aws"}, {Product::Consumer});
  const Clause train = clause(K::Grant, "train", {kTrain}, {"aws"});
  const Clause frontier = clause(K::Exclusive, "frontier", {kChannel}, {"bedrock"}, {Product::EntApp});
  Contract c;
  c.name = "openai-amazon";
  c.parties = {"openai", "amazon"};
  c.versions = {
      version("v1", date(2025, 11, 3), {consumer, train}),
      version(
          "v2", date(2026, 2, 27),
          {consumer, train, clause(K::Grant, "channel", {kChannel}, {"bedrock"}, join({kAgents, {Product::EntApp}})),
           clause(K::Grant, "runtime", {kRuntime}, {"aws"}, kAgents), frontier}),
      version("v3", date(2026, 4, 27),
              {clause(K::Grant, "grant", {kHost, kTrain, kRuntime, kChannel}, {"aws", "bedrock"}), frontier})};
  return c;
}

inline Contract one_version(std::string name, std::vector<std::string> parties, core::SimTime from,
                            std::vector<Clause> clauses) {
  Contract c;
  c.name = std::move(name);
  c.parties = std::move(parties);
  c.versions = {version("first", from, std::move(clauses))};
  return c;
}

inline std::vector<Contract> history() {
  return {
      openai_microsoft(),
      openai_amazon(),
      one_version("open-weights", {"openai"}, date(2025, 8, 5),
                  {open_weights(clause(K::Grant, "grant", {kHost, kChannel, kRuntime},
                                       {"azure", "aws", "gcp", "bedrock", "vertex"}))}),
      one_version("openai-oracle", {"openai", "oracle"}, date(2024, 6, 11),
                  {clause(K::Grant, "train", {kTrain}, {"oci"}), clause(K::Grant, "host", {kHost}, {"oci"}, kFirst)}),
      one_version("natsec", {"openai", "amazon"}, date(2025, 10, 28),
                  {for_segments({"us_natsec"}, clause(K::Grant, "host", {kHost}, {"aws"}, kApi)),
                   for_segments({"us_natsec"}, clause(K::Grant, "channel", {kChannel}, {"bedrock"}, kApi))}),
      one_version("rollouts", {"openai", "amazon"}, date(2026, 4, 27),
                  {rollout("api", {Product::ApiStateless}, date(2026, 4, 28), date(2026, 6, 1)),
                   rollout("agents", kAgents, date(2026, 4, 28), core::kNever)})};
}

inline Registry registry() { return Registry(history(), vocabulary(), channel_cloud()); }
inline Registry registry_of(std::vector<Contract> cs) { return Registry(std::move(cs), vocabulary(), channel_cloud()); }

/// A tuple by names; "" leaves host or runtime to the registry's defaults.
inline Tuple tuple(Product product, const std::string& channel, const std::string& host = "",
                   const std::string& runtime = "", ModelClass kind = ModelClass::Closed) {
  const Vocabulary v = vocabulary();
  Tuple t;
  t.lab = LabId(1);  // openai
  t.model_class = kind;
  t.product = product;
  if (!channel.empty()) t.channel = ChannelId(index_of(v.channels, channel).value());
  if (!host.empty()) t.host = CloudId(index_of(v.clouds, host).value());
  if (!runtime.empty()) t.runtime = CloudId(index_of(v.clouds, runtime).value());
  return t;
}

}  // namespace b1
