#pragma once
#include <cstdint>

#include "sim/core/name_hash.hpp"
#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/host_set.hpp"
#include "sim/market/vocabulary/ids.hpp"
#include "sim/market/vocabulary/items.hpp"
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
  bool pilot = false;            ///< has `pilot_share` of its volume
  ItemSet needs;                 ///< of a channel's integration
  std::uint8_t least_depth = 0;  ///< that its production demands of a channel, in quarters
};

/// A price as its buyer has agreed on it: what is taken off the list, in ten-thousandths of it. Whole numbers, so that
/// what entered a demand cell leaves it exactly.
struct OffList {
  std::uint16_t paid = 0;   ///< not paid: the discount
  std::uint16_t worth = 0;  ///< off the price as the buyer weighs it: discount and what premium service is worth
  bool premium = false;     ///< service

  /// The part of `units` that is not paid for.
  [[nodiscard]] std::int64_t free_units(std::int64_t units) const {
    constexpr std::int64_t kWhole = 10'000;
    return units / kWhole * paid + units % kWhole * paid / kWhole;
  }
  [[nodiscard]] double worth_share() const { return static_cast<double>(worth) * 1e-4; }
};

/// How an enterprise builds with models: over several clouds on purpose, on the clouds that it has, or with what its
/// primary cloud offers.
enum class Architecture : std::uint8_t { Split, Consolidate, Native };

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
  HostSet considered;                ///< clouds that it considers beside those that it uses
  OffList agreed;                    ///< with its primary cloud, on what that cloud sells (agreement.hpp)
  Architecture architecture = Architecture::Consolidate;
  bool adopted : 1 = false;
  bool committed : 1 = false;  ///< to its primary cloud (commitment)
};

}  // namespace rackrate::market
