#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/market/contracts/registry.hpp"
#include "sim/market/regime/parameters.hpp"

namespace rackrate::market {

/// A place where compute runs: one cloud in one region. A logical process of its own.
struct PoolRef {
  int cloud = 0, region = 0;
  int position = 0;  ///< index into Cloud::regions
  std::string name;  ///< "pool/azure/us"
  core::EntityKey key = 0;
};

/// One way to buy a product: a lab's models through a channel. The host follows from the contracts.
struct Alternative {
  int lab = 0, channel = 0;
  Product product = Product::ApiStateless;
  int cloud = -1;  ///< the channel's own cloud; -1 for direct
  core::EntityKey key = 0, lab_nest = 0, cloud_nest = 0;
  double price = 0.0;    ///< $ per work unit at the start
  double compute = 0.0;  ///< H100e-hours per work unit at the start
};

/// Exogenous demand of a lab, or the seats of an application.
struct StreamRef {
  int lab = 0, channel = 0, region = -1;  ///< region -1: served anywhere
  int stream = -1, application = -1;      ///< one of the two
  Product product = Product::Consumer;
  int payer = 0;       ///< party that pays the host: the lab's or the application's firm
  double share = 1.0;  ///< of the stream, by region
  core::EntityKey key = 0;
};

/// A clause that moves money, flattened: in force while its version is.
struct PaymentClause {
  int contract = 0, version = 0, clause = 0;
  int label = 0;               ///< index into CompiledScenario::money_labels
  int payer = -1, payee = -1;  ///< parties
  int lab = -1, channel = -1, host = -1;
  core::SimTime from, until;  ///< its own dates cut to its version's
};

/// What a World needs to know and never changes: a scenario compiled to indices, once, shared by all
/// replications of an arm. Plain data; pools, alternatives and demand cells are in name order.
struct CompiledScenario {
  Parameters parameters;
  Registry registry;
  std::vector<std::string> parties;  ///< vocabulary firms, then kOutsideParties
  int suppliers = 0, services = 0, enterprises = 0, consumers = 0;

  std::vector<PoolRef> pools;
  std::vector<std::vector<int>> pools_of_cloud;
  std::vector<Alternative> alternatives;
  std::vector<std::vector<int>> alternatives_of_product;  ///< by Product
  std::vector<StreamRef> streams;
  std::vector<std::vector<int>> hosts_of_lab;  ///< where the lab can run at all, best first
  std::vector<PaymentClause> money;
  std::vector<std::string> money_labels;  ///< "contract/clause", sorted

  std::vector<int> cloud_firm, lab_firm, channel_firm, channel_cloud, vendor_firm, chip_vendor;
  std::vector<core::EntityKey> cloud_key, lab_key, channel_key, vendor_key;

  [[nodiscard]] const Version& version_of(const PaymentClause& m) const {
    return parameters.contracts[static_cast<std::size_t>(m.contract)].versions[static_cast<std::size_t>(m.version)];
  }
  [[nodiscard]] const Clause& clause_of(const PaymentClause& m) const {
    return version_of(m).clauses[static_cast<std::size_t>(m.clause)];
  }
  /// Is its version in force at t, and t inside its own dates?
  [[nodiscard]] bool in_force(const PaymentClause& m, core::SimTime t) const {
    return t >= m.from && t < m.until && registry.version_in_force(m.contract, t) == m.version;
  }

  /// (segment, alternative, region) -> demand cell.
  [[nodiscard]] int cell(int segment, int alternative, int region) const {
    return (segment * static_cast<int>(alternatives.size()) + alternative) *
               static_cast<int>(parameters.vocabulary.regions.size()) +
           region;
  }
  [[nodiscard]] int cells() const {
    return static_cast<int>(parameters.segments.size() * alternatives.size() * parameters.vocabulary.regions.size());
  }
  /// $ per H100e-hour that planning assumes for this lab at this host; 1e-4 $; -1: it cannot run there.
  [[nodiscard]] std::int64_t serving_cost(int lab, int host) const {
    return serving_cost_[static_cast<std::size_t>(lab)][static_cast<std::size_t>(host)];
  }

  /// Since when this lab's models run at this host; kNever where they do not.
  [[nodiscard]] core::SimTime ported_from(int lab, int host) const {
    return ported_from_[static_cast<std::size_t>(lab)][static_cast<std::size_t>(host)];
  }

  std::vector<std::vector<std::int64_t>> serving_cost_;
  std::vector<std::vector<core::SimTime>> ported_from_;
};

/// Labels of the money clauses of a scenario, "contract/clause", sorted: a clause restated by a later
/// version is the same obligation. What a tender may award has its labels from the start.
[[nodiscard]] std::vector<std::string> money_labels(const Parameters& parameters);

/// Compiles a scenario. Throws ScenarioError when contracts make no sense.
[[nodiscard]] CompiledScenario compile(const Parameters& parameters);

}  // namespace rackrate::market
