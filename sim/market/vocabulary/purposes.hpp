#pragma once
#include <cstdint>

namespace rackrate::market {

/// What a random number is for. The values are part of the reproducibility promise: append, never
/// renumber. Each draw is addressed by (entity, purpose, index, sub); see core/random.hpp.
enum class Purpose : std::uint32_t {
  // enterprise attributes, index 0
  Size = 1,
  PriceSensitivity,
  Incumbents,
  LabTaste,
  Region,
  InitiallyAdopted,
  AdoptionThreshold,
  AdoptedSince,
  Commitment,
  // workloads: index = ordinal of the exogenous arrival process
  WorkloadGap = 20,
  WorkloadProduct,
  WorkloadVolume,
  // the exogenous review clock: index = ordinal << 32 | epoch
  ReviewGap = 30,
  ShockRefresh,
  ShockNest,
  ShockAlternative,
  ResponseDelay,  ///< index = hash of what triggered the review
  Allowlist,      ///< sub = hash of the rollout's alternative
  Awareness,      ///< sub = the alternative: considered when the share of customers aware of it is above the draw
  PilotThreshold,
  RenewalPhase,  ///< entity = the account, index 0: where its contract stands on the first day
  ServiceValue,  ///< the same address: what premium service is worth to it
  Considered,    ///< sub = the cloud, or 0 for the number of them
  Architecture,
  ItemNeed,  ///< entity = the workload, index 0 and 1: a word for each item, the last for the least depth
  // supply: index = calendar month
  SupplyNoise = 50,
  DeliveryLead,
  SiteLead,
  ReviewPhase,
  OtherSpending,  ///< index = calendar quarter
  OtherDrift,     ///< the same address
  GuidanceError,  ///< entity = the cloud, index = calendar month of the span's first day, sub = hash of its name
  CloudEntry,     ///< entity = the cloud, index = calendar month of the review
  // labs: index = ordinal of the release, or calendar month
  ReleaseGap = 70,
  ReleaseFrontier,
  ReleaseJump,
  PortDelay,
  StreamNoise,
  RoundGap,   ///< index = ordinal of the exogenous process of funding rounds
  RoundSize,  ///< index = the same ordinal
  // contracts: entity = hash of "contract/clause", index 0, or the ordinal of the firing of a unit-rate process
  TriggerChance = 90,
  TalksHazard,
  RolloutPort,
  RolloutGeneral,
  CommitmentDefault,  ///< entity = hash of the contract's name, index = calendar month, sub = the payer
  CloudDefault,       ///< entity = the cloud, index = calendar month
  // demand that nobody decides (world/demand_future.hpp)
  DemandFactor = 110,  ///< entity = hash of "demand", index = calendar month
  GrowthStart,         ///< entity = hash of "demand", the cloud or the vendor, index 0: the growth of the first day
  GrowthLength,        ///< the same entity, index = ordinal of the exogenous stretch of growth
  HitGap,              ///< entity = the lab, index = ordinal of the exogenous process of hits, sub = the kind of work
  HitSize,             ///< the same address
  HitTail,             ///< the same address
  // channels
  ItemLag = 130  ///< entity = hash of lab and channel, index = the item: days from listing to item
};

}  // namespace rackrate::market
