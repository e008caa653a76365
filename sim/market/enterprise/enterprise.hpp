#pragma once
#include <cstdint>

#include "sim/core/name_hash.hpp"
#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/ids.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

namespace rackrate::market {

inline constexpr AlternativeId kOutsideOption;  ///< no alternative: not deployed

/// One thing an enterprise wants done by a model, placed at one alternative at a time.
struct Workload {
  core::EntityKey key = 0;  ///< of (enterprise, ordinal)
  Product product = Product::ApiStateless;
  AlternativeId alternative;      ///< where it is placed; none: the outside option
  std::uint32_t epoch = 0;        ///< ticks of its exogenous review clock so far
  std::uint32_t shock_epoch = 0;  ///< the tick at which its tastes were last drawn afresh
  std::int64_t units = 0;         ///< millionths of a work unit per day at full volume, expanded
  core::SimTime created;          ///< volume has grown since; survives a move
  Money surplus;                  ///< per day, expanded
};

/// One simulated enterprise. Attributes are drawn once, keyed by its name.
struct Enterprise {
  core::EntityKey key = 0;
  SegmentId segment;
  RegionId region;
  CloudId primary_cloud{0};
  bool adopted = false;
  double expansion = 1.0;  ///< real enterprises it stands for
  double size = 1.0;
  double alpha = 1.0;             ///< utility per reference dollar
  Table<CloudId, float> gravity;  ///< sqrt of the cloud's share of the estate, relative to the largest
  Table<LabId, float> taste;
  double threshold = 0.0;      ///< Exp(1): adopts when the integrated hazard of its segment crosses this (adoption.hpp)
  std::uint32_t arrivals = 0;  ///< ordinal of the exogenous workload process
  core::SimTime next_arrival = core::kNever;
  Money governance;  ///< per day, expanded
  Money commitment;  ///< to its primary cloud, a year, expanded; 0: none
  Money migration;   ///< paid so far
  Table<WorkloadId, Workload> workloads;
};

}  // namespace rackrate::market
