#include "sim/market/primitives/rationing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "sim/core/whole.hpp"
#include "sim/market/primitives/require.hpp"

namespace rackrate::market {
namespace {

__extension__ using Wide = __int128;

std::vector<double> proportional(std::span<const double> orders, double supply) {
  const double asked = std::accumulate(orders.begin(), orders.end(), 0.0);
  std::vector<double> out(orders.begin(), orders.end());
  if (asked > supply) {
    for (double& x : out) x *= supply / asked;
  }
  return out;
}

std::vector<double> filled(std::span<const double> orders, std::span<const double> weights, double supply) {
  const double level = water_level(orders, weights, supply);
  std::vector<double> out(orders.size(), 0.0);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = weights[i] > 0.0 ? std::min(orders[i], level * weights[i]) : 0.0;
  }
  return out;
}

std::vector<double> tiered(std::span<const Claim> claims, std::span<const double> orders, double supply) {
  std::vector<int> tiers;
  for (const Claim& c : claims) tiers.push_back(c.tier);
  std::sort(tiers.begin(), tiers.end());
  tiers.erase(std::unique(tiers.begin(), tiers.end()), tiers.end());
  std::vector<double> out(claims.size(), 0.0);
  for (const int tier : tiers) {
    std::vector<double> in_tier(claims.size(), 0.0);
    for (std::size_t i = 0; i < claims.size(); ++i) in_tier[i] = claims[i].tier == tier ? orders[i] : 0.0;
    const std::vector<double> got = proportional(in_tier, supply);
    for (std::size_t i = 0; i < claims.size(); ++i) out[i] += got[i];
    supply = std::max(0.0, supply - std::accumulate(in_tier.begin(), in_tier.end(), 0.0));
  }
  return out;
}

std::vector<double> turn_and_earn(std::span<const Claim> claims, std::span<const double> orders, double supply) {
  std::vector<double> past;
  for (const Claim& c : claims) past.push_back(c.past_share);
  std::vector<double> out = filled(orders, past, supply);
  const double left = supply - std::accumulate(out.begin(), out.end(), 0.0);
  const bool past_served = water_level(orders, past, supply) == std::numeric_limits<double>::infinity();
  if (!past_served || left <= 0.0) return out;
  std::vector<double> newcomers(claims.size(), 0.0);
  for (std::size_t i = 0; i < claims.size(); ++i) newcomers[i] = past[i] > 0.0 ? 0.0 : orders[i];
  const std::vector<double> got = filled(newcomers, std::vector<double>(claims.size(), 1.0), left);
  for (std::size_t i = 0; i < claims.size(); ++i) out[i] += got[i];
  return out;
}

}  // namespace

std::vector<std::int64_t> largest_remainder(std::span<const double> weights, std::int64_t total,
                                            std::span<const std::uint64_t> keys) {
  require(keys.empty() || keys.size() == weights.size(), "rationing", "one key per weight");
  double largest = 0.0;
  for (const double w : weights) {
    require(w >= 0.0 && std::isfinite(w), "rationing", "a weight is negative or not finite");
    largest = std::max(largest, w);
  }
  std::vector<std::int64_t> parts(weights.size(), 0);
  if (total == 0) return parts;
  require(largest > 0.0, "rationing", "no weight is positive");

  // Scaling by a power of two is exact. 52-bit weights times a 63-bit total stay below 2^116.
  const int exponent = 52 - std::ilogb(largest) - 1;
  std::vector<std::int64_t> whole(weights.size());
  Wide sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    whole[i] = core::whole(std::ldexp(weights[i], exponent), "a weight");
    sum += whole[i];
  }
  std::vector<Wide> remainder(weights.size());
  std::int64_t left = total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide product = Wide{whole[i]} * total;
    Wide quotient = product / sum;
    remainder[i] = product % sum;
    if (remainder[i] < 0) {  // round down for negative totals too
      remainder[i] += sum;
      --quotient;
    }
    parts[i] = static_cast<std::int64_t>(quotient);
    left -= parts[i];
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (remainder[a] != remainder[b]) return remainder[a] > remainder[b];
    return !keys.empty() && keys[a] < keys[b];
  });
  for (std::size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];  // fewer units than weights with a remainder
  return parts;
}

double water_level(std::span<const double> orders, std::span<const double> weights, double supply) {
  require(orders.size() == weights.size(), "rationing", "one weight per order");
  constexpr double kNoLimit = std::numeric_limits<double>::infinity();
  std::vector<std::size_t> by_height;
  double weight_left = 0.0;
  double asked = 0.0;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (weights[i] <= 0.0) continue;
    by_height.push_back(i);
    weight_left += weights[i];
    asked += orders[i];
  }
  if (asked <= supply) return kNoLimit;
  std::sort(by_height.begin(), by_height.end(),
            [&](std::size_t a, std::size_t b) { return orders[a] / weights[a] < orders[b] / weights[b]; });
  double supply_left = supply;
  for (const std::size_t i : by_height) {
    const double level = supply_left / weight_left;
    if (orders[i] / weights[i] >= level) return level;
    supply_left -= orders[i];
    weight_left -= weights[i];
  }
  return kNoLimit;  // only rounding error leads here
}

std::vector<double> ration(RationingRule rule, std::span<const Claim> claims, double supply) {
  require(supply >= 0.0, "rationing", "the supply is negative");
  std::vector<double> orders;
  for (const Claim& c : claims) {
    require(c.order >= 0.0 && c.past_share >= 0.0, "rationing", "an order or a past share is negative");
    orders.push_back(c.order);
  }
  if (std::accumulate(orders.begin(), orders.end(), 0.0) <= supply) return orders;
  switch (rule) {
    case RationingRule::Proportional: return proportional(orders, supply);
    case RationingRule::Uniform: return filled(orders, std::vector<double>(orders.size(), 1.0), supply);
    case RationingRule::Tiered: return tiered(claims, orders, supply);
    case RationingRule::TurnAndEarn: return turn_and_earn(claims, orders, supply);
  }
  throw std::invalid_argument("rationing: unknown rule");
}

std::vector<std::int64_t> ration_units(RationingRule rule, std::span<const Claim> claims, std::int64_t supply) {
  std::int64_t asked = 0;
  std::vector<std::uint64_t> keys;
  for (const Claim& c : claims) {
    require(c.order == std::floor(c.order) && c.order < 0x1p52, "rationing", "orders must be whole");
    asked += core::whole(c.order, "an order");
    keys.push_back(c.key);
  }
  const std::vector<double> quota = ration(rule, claims, core::real(supply));
  std::vector<std::int64_t> parts(claims.size());
  const std::int64_t total = std::min(supply, asked);
  std::int64_t left = total;
  std::vector<std::size_t> order(claims.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // A quota that is whole but for rounding error counts as whole.
    parts[i] = core::whole(std::floor(quota[i] + 1e-9 * std::max(1.0, quota[i])), "a quota");
    left -= parts[i];
    order[i] = i;
  }
  const auto remainder = [&](std::size_t i) { return quota[i] - core::real(parts[i]); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return remainder(a) != remainder(b) ? remainder(a) > remainder(b) : keys[a] < keys[b];
  });
  // Nobody gets more than ordered: a part below a whole order has room for the unit.
  for (std::size_t i = 0; left > 0; i = (i + 1) % order.size()) {
    std::int64_t& part = parts[order[i]];
    if (core::real(part) < claims[order[i]].order) {
      ++part;
      --left;
    }
  }
  for (std::size_t i = 0; left < 0; i = (i + 1) % order.size()) {  // rounding error gave one too many
    std::int64_t& part = parts[order[order.size() - 1 - i]];
    if (part > 0) {
      --part;
      ++left;
    }
  }
  return parts;
}

}  // namespace rackrate::market
