#include "sim/market/view/replay.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/core/error.hpp"

namespace rackrate::market {
namespace {

void check(const char* key, const DecisionPath& path, const Vocabulary& vocabulary, std::uint64_t seed,
           std::uint64_t replication) {
  const auto world = [](std::uint64_t s, std::uint64_t r) {
    return "seed " + std::to_string(s) + ", replication " + std::to_string(r);
  };
  if (path.seed != seed || path.replication != replication)
    throw core::mistake(key, "a path of " + world(path.seed, path.replication), world(seed, replication),
                        "Record it in the same random world.");
  if (path.cloud_prices.size() != vocabulary.clouds.size() || path.investments.size() != vocabulary.clouds.size() ||
      path.lab_prices.size() != vocabulary.labs.size())
    throw core::mistake(key, "a path of other clouds or labs", "those of this scenario",
                        "Record it in an arm that differs in contracts, prices or numbers.");
}

}  // namespace

DecisionPath empty_path(const Vocabulary& vocabulary) {
  DecisionPath path;
  path.cloud_prices.resize(vocabulary.clouds.size());
  path.lab_prices.resize(vocabulary.labs.size());
  path.investments.resize(vocabulary.clouds.size());
  return path;
}

void append(DecisionPath& path, const DecisionFact& decision) {
  switch (decision.kind) {
    case DecisionKind::CloudPrice: path.cloud_prices[CloudId(decision.actor)].push_back(decision); break;
    case DecisionKind::LabPrice: path.lab_prices[LabId(decision.actor)].push_back(decision); break;
    case DecisionKind::Investment: path.investments[CloudId(decision.actor)].push_back(decision); break;
  }
}

void check_replay(const Replay& replay, const Vocabulary& vocabulary, std::uint64_t seed, std::uint64_t replication) {
  if (replay.prices) check("replay.prices", *replay.prices, vocabulary, seed, replication);
  if (replay.investment) check("replay.investment", *replay.investment, vocabulary, seed, replication);
}

const DecisionFact& decision_at(const std::vector<DecisionFact>& path, core::SimTime date) {
  const auto found = std::lower_bound(path.begin(), path.end(), date,
                                      [](const DecisionFact& d, core::SimTime t) { return d.time < t; });
  if (found != path.end() && found->time == date) return *found;
  throw core::mistake("replay", "a path without a review on " + core::to_string(date),
                      "one for every review of this run", "Record it with the same calendar, and at least as far.");
}

Table<ChannelId, double> channel_prices_at(const std::vector<DecisionFact>& path, core::SimTime date) {
  Table<ChannelId, double> prices;
  for (const DecisionFact* at = &decision_at(path, date); at != path.data() + path.size() && at->time == date; ++at)
    if (at->channel >= 0) prices.push_back(at->price_index);
  return prices;
}

}  // namespace rackrate::market
