#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/facts.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

namespace rackrate::market {

/// All decisions on prices and investment of one run, as its recorder observed them: a plain value. Reviews come on
/// dates that seed and replication alone fix, so the same actor reviews on the same dates in every arm of a
/// replication, and a date is enough to find a decision again.
struct DecisionPath {
  std::uint64_t seed = 0, replication = 0;
  Table<CloudId, std::vector<DecisionFact>> cloud_prices;  ///< ascending in time; like the next two
  Table<LabId, std::vector<DecisionFact>> lab_prices;      ///< of a date the list, then prices on channels
  Table<CloudId, std::vector<DecisionFact>> investments;
  friend bool operator==(const DecisionPath&, const DecisionPath&) = default;
};

[[nodiscard]] DecisionPath empty_path(const Vocabulary& vocabulary);

/// Files a decision under its kind and actor.
void append(DecisionPath& path, const DecisionFact& decision);

/// The policy slots of a run. Where a path is given, a review takes what the path holds for its date and
/// decides nothing; the rest of the world responds as ever. Empty: everybody decides.
/// Source: MODEL section 11, the components (i) to (iii) of the premium.
struct Replay {
  std::shared_ptr<const DecisionPath> prices;      ///< compute lists of clouds and token lists of labs
  std::shared_ptr<const DecisionPath> investment;  ///< orders of chips and starts of sites
};

/// Throws: ScenarioError when a path is of another seed, replication or set of actors.
void check_replay(const Replay& replay, const Vocabulary& vocabulary, std::uint64_t seed, std::uint64_t replication);

/// The decision recorded for that date.
/// Throws: ScenarioError when there is none: the path was recorded over a shorter time, or of another world.
[[nodiscard]] const DecisionFact& decision_at(const std::vector<DecisionFact>& path, core::SimTime date);
/// A lab's relative prices on its channels as of that date's review; empty where the path has the list everywhere.
[[nodiscard]] Table<ChannelId, double> channel_prices_at(const std::vector<DecisionFact>& path, core::SimTime date);

}  // namespace rackrate::market
