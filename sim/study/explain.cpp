#include "sim/study/explain.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/contracts/registry.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/rollouts.hpp"
#include "sim/study/price_terms.hpp"

namespace rackrate::study {
namespace {

using market::Product;
using market::Role;

/// Collects mistakes while names are looked up, so that one pass reports all of them.
class Names {
 public:
  /// The id, or the member of an enumeration, that has this name in the list.
  template <typename Member, typename List>
  Member named(const std::string& key, const std::string& name, const List& known) {
    if (const auto i = market::index_of(known, name)) return static_cast<Member>(*i);
    std::vector<std::string> candidates(known.begin(), known.end());
    std::string expected;
    for (const auto& candidate : candidates) expected += (expected.empty() ? "one of " : ", ") + candidate;
    const std::string near = core::nearest(name, candidates);
    mistakes_.push_back({.where = {.file = {}, .line = 0, .column = 0, .key = key},
                         .got = name.empty() ? "missing" : "\"" + name + "\"",
                         .expected = expected,
                         .remedy = near.empty() ? "Choose one of them." : "Did you mean " + near + "?"});
    return Member();
  }
  /// None where the question leaves it open.
  template <typename Id, typename List>
  Id optional_id(const std::string& key, const std::string& name, const List& known) {
    return name.empty() ? Id() : named<Id>(key, name, known);
  }
  void add(core::Mistake mistake) { mistakes_.push_back(std::move(mistake)); }
  void finish() const {
    if (!mistakes_.empty()) throw core::ScenarioError(mistakes_);
  }

 private:
  std::vector<core::Mistake> mistakes_;
};

market::Table<market::ChannelId, market::CloudId> clouds_of_channels(const market::Parameters& parameters) {
  market::Table<market::ChannelId, market::CloudId> clouds;
  for (const auto& channel : parameters.channels) {
    const auto cloud = market::index_of(parameters.vocabulary.clouds, channel.cloud);
    clouds.push_back(cloud ? market::CloudId(*cloud) : market::CloudId());
  }
  return clouds;
}

/// Contracts may name national security even if no simulated segment represents it; its index is then
/// the one right behind the vocabulary, as in Registry::segment.
std::vector<std::string> askable_segments(const market::Vocabulary& vocabulary) {
  std::vector<std::string> segments = vocabulary.segments;
  if (!market::index_of(segments, market::contracts::kNationalSecurity))
    segments.emplace_back(market::contracts::kNationalSecurity);
  return segments;
}

bool needs_host(Product product) { return product != Product::Copilot; }
bool needs_runtime(Product product) { return product == Product::AgentStateful; }

template <class Id>
std::string name_or_empty(const std::vector<std::string>& names, Id id) {
  return id.exists() ? names[id.position()] : std::string{};
}

}  // namespace

Explanation explain(const scenario::Scenario& scenario, const Question& question, std::uint64_t seed,
                    std::uint64_t replication) {
  const market::Parameters& parameters = scenario.parameters();
  return explain(market::Registry(market::contracts::with_drawn_rollouts(parameters.contracts, {seed, replication}),
                                  parameters.vocabulary, clouds_of_channels(parameters)),
                 parameters, question);
}

Explanation explain(const market::Registry& registry, const market::Parameters& parameters, const Question& question) {
  const market::Vocabulary& vocabulary = parameters.vocabulary;
  const auto channel_cloud = clouds_of_channels(parameters);

  Names names;
  market::Tuple tuple;
  tuple.lab = names.named<market::LabId>("lab", question.lab, vocabulary.labs);
  tuple.product = names.named<Product>("product", question.product, market::kProductNames);
  tuple.channel = names.named<market::ChannelId>("channel", question.channel, vocabulary.channels);
  tuple.host = names.optional_id<market::CloudId>("host", question.host, vocabulary.clouds);
  tuple.runtime = names.optional_id<market::CloudId>("runtime", question.runtime, vocabulary.clouds);
  tuple.segment = names.optional_id<market::SegmentId>("segment", question.segment, askable_segments(vocabulary));
  tuple.region = names.optional_id<market::RegionId>("region", question.region, vocabulary.regions);
  if (!question.model_class.empty())
    tuple.model_class = names.named<market::ModelClass>("model_class", question.model_class, market::kModelClassNames);
  names.finish();

  if (!tuple.host.exists()) tuple.host = channel_cloud[tuple.channel];
  if (!tuple.host.exists() && needs_host(tuple.product)) {
    names.add({.where = {.file = {}, .line = 0, .column = 0, .key = "host"},
               .got = "missing",
               .expected = "the cloud that runs the model",
               .remedy = "The channel " + question.channel + " has no cloud of its own: name one."});
    names.finish();
  }
  if (!tuple.runtime.exists() && needs_runtime(tuple.product)) tuple.runtime = tuple.host;

  const market::Verdict verdict = registry.decide(tuple, question.date, question.release);
  const market::Registry::Span span = registry.span(tuple, question.date, question.release);

  Explanation answer;
  answer.state = market::kPermissionNames[static_cast<std::size_t>(verdict.state)];
  answer.step = market::kStepNames[static_cast<std::size_t>(verdict.step)];
  if (verdict.step != market::Step::None) answer.role = market::kRoleNames[static_cast<std::size_t>(verdict.role)];
  if (verdict.by.contract.exists()) {
    const market::Contract& contract = market::contract_at(registry.contracts(), verdict.by.contract);
    answer.contract = contract.name;
    if (verdict.by.version.exists()) {
      const market::Version& version = contract[verdict.by.version];
      answer.version = version.name;
      if (verdict.by.clause.exists()) answer.clause = version[verdict.by.clause].name;
    }
  }
  answer.conflict = verdict.conflict;
  answer.host = name_or_empty(vocabulary.clouds, tuple.host);
  answer.runtime = name_or_empty(vocabulary.clouds, tuple.runtime);
  answer.since = span.since;
  answer.until = span.until;
  answer.prices = price_terms(registry.contracts(), parameters, tuple.lab, tuple.channel, tuple.host, question.date);
  return answer;
}

}  // namespace rackrate::study
