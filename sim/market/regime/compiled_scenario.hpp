#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/market/contracts/registry.hpp"
#include "sim/market/regime/cell_index.hpp"
#include "sim/market/regime/parameters.hpp"

namespace rackrate::market {

/// A place where compute runs: one cloud in one region. A logical process of its own.
struct PoolRef {
  CloudId cloud;
  RegionId region;
  int position = 0;  ///< index into Cloud::regions
  std::string name;  ///< "pool/azure/us"
  core::EntityKey key = 0;
};

/// One way to buy a product: a lab's models through a channel. The host follows from the contracts.
struct Alternative {
  LabId lab;
  ChannelId channel;
  Product product = Product::ApiStateless;
  CloudId cloud;  ///< the channel's own cloud; none for direct
  core::EntityKey key = 0, lab_nest = 0, cloud_nest = 0;
  double price = 0.0;    ///< $ per work unit at the start
  double compute = 0.0;  ///< H100e-hours per work unit at the start
};

/// Exogenous demand of a lab, or the seats of an application.
struct StreamRef {
  LabId lab;
  ChannelId channel;
  RegionId region;            ///< none: served anywhere
  int stream = -1;            ///< index into Lab::streams; -1: an application's seats
  ApplicationId application;  ///< or none: a stream
  Product product = Product::Consumer;
  PartyId payer;       ///< party that pays the host: the lab's or the application's firm
  double share = 1.0;  ///< of the stream, by region; of an application, by lab
  core::EntityKey key = 0;
};

/// A training run of a lab.
struct RunRef {
  LabId lab;
  std::size_t position = 0;  ///< index into Lab::runs
  std::string name;          ///< "lab/run"
  core::EntityKey key = 0;
};

/// A clause that moves money, flattened: in force while its version is.
struct PaymentClause {
  ContractId contract;
  VersionId version;
  ClauseId clause;
  LabelId label;
  PartyId payer, payee;
  LabId lab;
  ChannelId channel;
  CloudId host;
  core::SimTime from, until;  ///< its own dates cut to its version's
};

/// Compute that no lab buys, on the first day, H100e.
struct FirstUse {
  double own = 0.0;        ///< by the cloud's firm
  double customers = 0.0;  ///< by AI customers beyond the labs
};

/// What a World needs to know and never changes: a scenario compiled to indices, once, shared by all
/// replications of an arm. Plain data; pools, alternatives and demand cells are in name order.
struct CompiledScenario {
  Parameters parameters;
  Registry registry;
  Table<PartyId, std::string> parties;  ///< vocabulary firms, then kOutsideParties
  PartyId suppliers, services, rest_of_world, enterprises, consumers, investors;

  Table<PoolId, PoolRef> pools;
  Table<CloudId, std::vector<PoolId>> pools_of_cloud;
  Table<AlternativeId, Alternative> alternatives;
  CellIndex cells;
  ByProduct<std::vector<AlternativeId>> alternatives_of_product;
  Table<StreamId, StreamRef> streams;
  Table<RunId, RunRef> runs;
  Table<LabId, std::vector<CloudId>> hosts_of_lab;  ///< where the lab can run at all, best first
  Table<PaymentClauseId, PaymentClause> money;
  Table<LabelId, std::string> money_labels;  ///< "contract/clause", sorted

  Table<CloudId, FirstUse> first_use;
  Table<CloudId, PartyId> cloud_firm;
  Table<LabId, PartyId> lab_firm;
  Table<ChannelId, PartyId> channel_firm;  ///< none: the lab itself sells
  Table<ChannelId, CloudId> channel_cloud;
  Table<VendorId, PartyId> vendor_firm;
  Table<ChipId, VendorId> chip_vendor;
  Table<CloudId, core::EntityKey> cloud_key;
  Table<LabId, core::EntityKey> lab_key;
  Table<ChannelId, core::EntityKey> channel_key;
  Table<VendorId, core::EntityKey> vendor_key;

  [[nodiscard]] const Contract& contract_of(const PaymentClause& m) const {
    return contract_at(parameters.contracts, m.contract);
  }
  [[nodiscard]] const Version& version_of(const PaymentClause& m) const { return contract_of(m)[m.version]; }
  [[nodiscard]] const Clause& clause_of(const PaymentClause& m) const { return version_of(m)[m.clause]; }
  [[nodiscard]] const TrainingRun& terms_of(RunId run) const {
    return parameters.labs[runs[run].lab].runs[runs[run].position];
  }
  /// Is its version in force at t, and t inside its own dates?
  [[nodiscard]] bool in_force(const PaymentClause& m, core::SimTime t) const {
    return t >= m.from && t < m.until && registry.version_in_force(m.contract, t) == m.version;
  }

  [[nodiscard]] CellId cell(SegmentId segment, AlternativeId alternative, RegionId region) const {
    return cells.encode(segment, alternative, region);
  }
  /// What its buyers pay the channel's cloud for keeping the state of agents, per dollar of list.
  [[nodiscard]] double runtime_fee(AlternativeId a) const {
    return alternatives[a].product == Product::AgentStateful ? parameters.channels[alternatives[a].channel].runtime_fee
                                                             : 0.0;
  }
  /// What planning assumes that an H100e-hour costs this lab at this host. Only for a host where it can run.
  [[nodiscard]] Money serving_cost(LabId lab, CloudId host) const { return serving_cost_(lab, host); }

  /// Since when this lab's models run at this host; kNever where they do not.
  [[nodiscard]] core::SimTime ported_from(LabId lab, CloudId host) const { return ported_from_(lab, host); }

  /// Since when this lab's models run on this vendor's chips; kNever where they do not.
  [[nodiscard]] core::SimTime runs_on_from(LabId lab, VendorId vendor) const { return runs_on_from_(lab, vendor); }

  /// Since when this lab trains on this kind of chip; kNever where it does not.
  [[nodiscard]] core::SimTime trains_on_from(LabId lab, ChipId chip) const { return trains_on_from_(lab, chip); }

  Grid<LabId, VendorId, core::SimTime> runs_on_from_;
  Grid<LabId, ChipId, core::SimTime> trains_on_from_;
  Grid<LabId, CloudId, Money> serving_cost_;
  Grid<LabId, CloudId, core::SimTime> ported_from_;
};

/// Labels of the payment clauses of a scenario, "contract/clause", sorted: a clause restated by a later
/// version is the same obligation. What a tender may award has its labels from the start.
[[nodiscard]] std::vector<std::string> money_labels(const Parameters& parameters);

/// Compiles a scenario. Throws ScenarioError when contracts make no sense.
[[nodiscard]] CompiledScenario compile(const Parameters& parameters);

}  // namespace rackrate::market
