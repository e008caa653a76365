#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "sim/market/vocabulary/vocabulary.hpp"

/// How far demand may leave the paths of a scenario without anybody's doing (MODEL 6.0, ECONOMICS "Shocks"). All values
/// are 0 where a scenario states none: then nothing happens.
namespace rackrate::market {

/// The common factor: log deviation of all AI demand, AR(1) by month.
struct CommonShock {
  double spread = 0.0;  ///< stationary standard deviation
  double half_life_months = 6.0;
};

/// How growth stands on the first day: unknown (drawn from the stationary law), or known.
enum class FirstGrowth : std::uint8_t { Either, Fast, Slow };
inline constexpr std::array<std::string_view, 3> kFirstGrowthNames{"either", "fast", "slow"};

/// Growth that is now fast, now slow: a chain of two states with exponential lengths.
struct GrowthShock {
  double gap_per_year = 0.0;  ///< log growth in the fast state less that in the slow one
  double fast_months = 18.0, slow_months = 18.0;
  FirstGrowth first = FirstGrowth::Either;
  /// Of the time, in the long run.
  [[nodiscard]] double fast_share() const { return fast_months / (fast_months + slow_months); }
};

/// Hits and flops of one lab's products of a kind: a compound Poisson process whose jumps decay.
struct HitShock {
  double per_year = 0.0;
  double spread = 0.0;   ///< scale of the log jump, which is Student t
  double freedom = 4.0;  ///< its degrees of freedom
  double half_life_months = 12.0;
};

/// How much of the common factor a class of demand feels; 1: all of it.
struct ShockExposure {
  double consumer = 1.0, developers = 1.0, enterprises = 1.0, seats = 1.0;
  double training = 1.0, research = 1.0, own_products = 1.0, customers = 1.0;
};

struct ShockParameters {
  CommonShock common;
  GrowthShock growth;          ///< of AI demand
  GrowthShock supply;          ///< of what a vendor of chips can make: each vendor has a chain of its own
  GrowthShock other_business;  ///< of a cloud's revenue that is not AI: each cloud has a chain of its own
  ByWorkKind<HitShock> hits;   ///< of every lab
  ShockExposure exposure;
};

/// May demand ever leave its path?
[[nodiscard]] inline bool any_shock(const ShockParameters& shocks) {
  bool any = shocks.common.spread > 0 || shocks.growth.gap_per_year > 0;
  for (const HitShock& hits : shocks.hits) any = any || (hits.per_year > 0 && hits.spread > 0);
  return any;
}

}  // namespace rackrate::market
