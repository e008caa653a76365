#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/contracts/registry.hpp"
#include "sim/market/regime/parameters.hpp"
#include "sim/scenario/scenario.hpp"

namespace rackrate::study {

/// A question: is this sale of a lab's product permitted on a day? Names as in the scenario; empty means "not given".
struct Question {
  std::string lab;
  std::string product;
  std::string channel;  ///< seller of record
  std::string host;     ///< empty: the channel's own cloud
  std::string runtime;  ///< empty: the host
  std::string segment;  ///< empty: the commercial segments in general
  std::string region;
  std::string model_class;  ///< empty: closed
  core::SimTime date{};     ///< 00:00 UTC of a civil day
  market::Release release;  ///< of the model in question; by default released long ago
};

/// The registry's verdict in names. Fields without a deciding clause are empty.
struct Explanation {
  std::string state;  ///< GA, PREVIEW or NO
  std::string step;   ///< regulator, grant, exclusive, ship_first, rollout
  std::string role;   ///< HOST, CHANNEL, RUNTIME, TRAIN or IP
  std::string contract;
  std::string version;
  std::string clause;
  bool conflict = false;  ///< two exclusives covered the sale; the senior one decided
  std::string host;       ///< the host of the question, given or by default
  std::string runtime;
  core::SimTime since;              ///< first instant of this verdict; kAlways: no other verdict before
  core::SimTime until;              ///< when the verdict changes; kNever: it does not
  std::vector<std::string> prices;  ///< what applies to such a sale, and until when (price_terms.hpp)
};

/// Evaluates the contracts of a scenario for a model released long before `date`, or as `release` states. When
/// a run releases one, and whether the holder of a ship-first right can ship it, belongs to a replication. Rollouts of
/// drawn lengths have the dates of the replication in question.
///
/// Throws:  ScenarioError naming the nearest valid name when one is unknown, or when a product that
///          needs a host is requested on a channel without its own cloud.
/// Source:  MODEL section 5.2, worked as the truth table of tests/python/test_explain.py.
[[nodiscard]] Explanation explain(const scenario::Scenario& scenario, const Question& question, std::uint64_t seed = 1,
                                  std::uint64_t replication = 0);

/// The same for given contracts, for instance those in the middle of a run.
[[nodiscard]] Explanation explain(const market::Registry& registry, const market::Parameters& parameters,
                                  const Question& question);

}  // namespace rackrate::study
