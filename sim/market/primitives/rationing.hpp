#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rackrate::market {

/// Splits a whole amount in proportion to weights so that the parts sum to it exactly.
///
/// Each part is its quota rounded down or up; the units left over go to the largest remainders, equal remainders
/// to the lower key (to the earlier position where no keys are given). Quotas are exact: weights are taken as
/// integers of 52 bits below the largest one, and products in 128 bits.
///
/// Throws:  std::invalid_argument if a weight is negative or not finite, or no weight is positive while the total is
/// not zero. Order:   permuting weights and keys together permutes the answer. Source:  Hamilton's method (Balinski and
/// Young 1982). Check A4.
[[nodiscard]] std::vector<std::int64_t> largest_remainder(std::span<const double> weights, std::int64_t total,
                                                          std::span<const std::uint64_t> keys = {});

enum class RationingRule : std::uint8_t { Proportional, Uniform, Tiered, TurnAndEarn };

/// One buyer's claim on a short supply.
struct Claim {
  std::uint64_t key = 0;  ///< name hash, breaks ties of integer rounding
  double order = 0.0;
  int tier = 0;             ///< Tiered: lower first
  double past_share = 0.0;  ///< TurnAndEarn: share of past sales
};

/// Divides a supply among claims that together exceed it; nobody gets more than ordered.
///
///   Proportional  order x supply / sum of orders: a buyer gains by inflating its order (check A3b).
///   Uniform       the same water level for all, min(order, level): nobody gains by inflating.
///   Tiered        tiers in order, proportional inside the tier that does not fit.
///   TurnAndEarn   water filling with level x past share; once every buyer with a past is served, the rest is uniform.
///
/// When the supply suffices, everyone gets the order.
/// Units:   any one unit for orders, supply and the answer.
/// Throws:  std::invalid_argument on a negative supply, order or past share.
/// Source:  Cachon and Lariviere (1999), Management Science 45, 1091-1108. Checks A3, A3b.
[[nodiscard]] std::vector<double> ration(RationingRule rule, std::span<const Claim> claims, double supply);

/// The same in whole units: orders must be whole; parts sum to min(supply, sum of orders) exactly.
[[nodiscard]] std::vector<std::int64_t> ration_units(RationingRule rule, std::span<const Claim> claims,
                                                     std::int64_t supply);

/// The level w with sum of min(order, w x weight) = supply, or infinity when the supply suffices.
[[nodiscard]] double water_level(std::span<const double> orders, std::span<const double> weights, double supply);

}  // namespace rackrate::market
