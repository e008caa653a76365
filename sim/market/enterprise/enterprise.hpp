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
  core::EntityKey key = 0;        ///< of (enterprise, ordinal)
  std::int64_t units = 0;         ///< millionths of a work unit per day at full volume, expanded
  core::SimTime created;          ///< volume has grown since; survives a move
  float surplus = 0.0F;           ///< $ per day, expanded, at full volume
  float variety = 0.0F;           ///< the part of it that a taste for the one chosen adds, whole $
  AlternativeId alternative;      ///< where it is placed; none: the outside option
  std::uint32_t epoch = 0;        ///< ticks of its exogenous review clock so far
  std::uint32_t shock_epoch = 0;  ///< the tick at which its tastes were last drawn afresh
  Product product = Product::ApiStateless;
  bool pilot = false;  ///< has `pilot_share` of its volume
};

/// One simulated enterprise. Attributes are drawn once, keyed by its name; what is read seldom is drawn again where it
/// is read (draw.hpp). Its workloads, gravity and tastes are rows of other arrays (population.hpp).
struct Enterprise {
  core::EntityKey key = 0;
  double alpha = 1.0;  ///< utility per reference dollar; of the logarithmic form epsilon, utility per ln of the price
  Money governance;    ///< per day, expanded
  SegmentId segment;
  RegionId region;
  CloudId primary_cloud{0};
  std::uint32_t first_workload = 0;  ///< where its workloads begin; the population's own
  std::uint32_t workloads = 0;       ///< how many it has: ordinal of the next one of the exogenous arrival process
  bool adopted = false;
  bool committed = false;  ///< to its primary cloud (commitment)
};

}  // namespace rackrate::market
