#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "sim/market/enterprise/enterprise.hpp"

namespace rackrate::market {

/// What a big account and its primary cloud agreed on last; $ a day at the list prices of that day, expanded.
struct Agreement {
  core::SimTime since;
  Money spending;   ///< what it was expected to buy there
  Money reliance;   ///< what doing without the cloud would have cost it
  Money at_stake;   ///< margin of the cloud, and what commitment and service add
  Money gain;       ///< of the account over buying at list
  Money committed;  ///< owed in any case
  Money shortfall;  ///< paid so far for what it was short of commitments
};

/// What all enterprises pay.
struct Outlays {
  Money governance;  ///< per day, expanded
  Money migration;   ///< so far
};

/// The enterprises of a replication, in four contiguous arrays: a record of each, its tastes, its workloads, and sums
/// over all. An event reads one enterprise, so what it needs of it lies side by side: columns of single attributes
/// would cost a cache line for each of them. A copy is four copies of memory.
///
/// Threads may work on different enterprises at one time. Storage for workloads is allocated between two windows only.
class Population {
 public:
  Population() = default;
  /// Nobody yet. `expansion`: how many real enterprises one of a segment stands for.
  Population(std::size_t clouds, std::size_t labs, Table<SegmentId, double> expansion);

  void reserve(std::size_t enterprises);
  /// Gravity and tastes are 0, and there is no room for a workload.
  EnterpriseId add(const Enterprise& enterprise);
  /// It bargains (agreement.hpp). In ascending order.
  void add_account(EnterpriseId e);
  /// Only these, with what they have, in this order.
  [[nodiscard]] Population only(std::span<const EnterpriseId> enterprises) const;

  [[nodiscard]] std::size_t size() const { return enterprises_.size(); }
  [[nodiscard]] auto ids() const { return enterprises_.ids(); }
  [[nodiscard]] Enterprise& operator[](EnterpriseId e) { return enterprises_[e]; }
  [[nodiscard]] const Enterprise& operator[](EnterpriseId e) const { return enterprises_[e]; }
  [[nodiscard]] double expansion(SegmentId segment) const { return expansion_[segment]; }

  /// By cloud: sqrt of its share of the estate, relative to the largest.
  [[nodiscard]] std::span<float> gravity(EnterpriseId e) { return {attribute(e), clouds_}; }
  [[nodiscard]] std::span<const float> gravity(EnterpriseId e) const { return {attribute(e), clouds_}; }
  [[nodiscard]] float& gravity(EnterpriseId e, CloudId cloud) { return gravity(e)[cloud.position()]; }
  /// By lab.
  [[nodiscard]] std::span<float> taste(EnterpriseId e) { return {attribute(e) + clouds_, labs_}; }
  [[nodiscard]] std::span<const float> taste(EnterpriseId e) const { return {attribute(e) + clouds_, labs_}; }
  [[nodiscard]] float& taste(EnterpriseId e, LabId lab) { return taste(e)[lab.position()]; }

  [[nodiscard]] std::span<Workload> workloads(EnterpriseId e) {
    return {workloads_.data() + enterprises_[e].first_workload, enterprises_[e].workloads};
  }
  [[nodiscard]] std::span<const Workload> workloads(EnterpriseId e) const {
    return {workloads_.data() + enterprises_[e].first_workload, enterprises_[e].workloads};
  }
  [[nodiscard]] auto workload_ids(EnterpriseId e) const { return core::indices<WorkloadId>(enterprises_[e].workloads); }
  [[nodiscard]] Workload& workload(EnterpriseId e, WorkloadId w) { return workloads(e)[w.position()]; }
  [[nodiscard]] const Workload& workload(EnterpriseId e, WorkloadId w) const { return workloads(e)[w.position()]; }
  /// Those of all enterprises, and the rooms that are still free: workloads that are nowhere.
  [[nodiscard]] std::span<Workload> all_workloads() { return workloads_; }

  /// Room for `workloads` of an enterprise that has none yet.
  void give_room(EnterpriseId e, std::size_t workloads);
  /// Throws: std::logic_error where there is no room.
  WorkloadId add_workload(EnterpriseId e, const Workload& workload);

  /// The enterprise pays this for governance from now on; returns the difference.
  Money set_governance(EnterpriseId e, Money per_day);
  void pay_migration(EnterpriseId e, Money amount);
  /// Kept as they change. Between two windows only.
  [[nodiscard]] Outlays outlays() const;

  // Prefetch the memory that an event of the enterprise reads. Where its workloads are, its record says.
  void prefetch_record(EnterpriseId e) const;
  void prefetch_workloads(EnterpriseId e) const;

  // Big accounts
  [[nodiscard]] std::span<const EnterpriseId> accounts() const { return accounts_; }
  [[nodiscard]] bool is_account(EnterpriseId e) const;
  /// Of an account.
  [[nodiscard]] Agreement& agreement(EnterpriseId e);
  [[nodiscard]] const Agreement& agreement(EnterpriseId e) const;
  /// Paid so far by all accounts for what they were short of commitments, by cloud. Between two windows only.
  [[nodiscard]] Table<CloudId, Money> account_shortfalls() const;

  /// Memory that the arrays fill.
  [[nodiscard]] std::size_t bytes() const;

 private:
  /// What the enterprises of one part of the list pay. Parts are about as many as the engine's shards, each in a cache
  /// line of its own, so that threads seldom meet.
  struct alignas(64) Part {
    Outlays outlays;
  };

  [[nodiscard]] float* attribute(EnterpriseId e) { return attributes_.data() + e.position() * (clouds_ + labs_); }
  [[nodiscard]] const float* attribute(EnterpriseId e) const {
    return attributes_.data() + e.position() * (clouds_ + labs_);
  }
  [[nodiscard]] Outlays& outlays_near(EnterpriseId e);

  std::size_t clouds_ = 0, labs_ = 0;
  Table<SegmentId, double> expansion_;
  Table<EnterpriseId, Enterprise> enterprises_;
  std::vector<float> attributes_;  ///< by enterprise: gravity, then tastes
  std::vector<Workload> workloads_;
  std::vector<Part> parts_;
  std::vector<EnterpriseId> accounts_;  ///< ascending
  std::vector<Agreement> agreements_;   ///< of them
};

}  // namespace rackrate::market
