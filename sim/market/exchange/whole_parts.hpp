#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace rackrate::market {

/// Splits a whole amount by weights so that the parts add up: differences of cumulated shares. No part exceeds
/// amount x weight / total by a unit or more. All weights zero: all parts zero.
[[nodiscard]] inline std::vector<std::int64_t> split_whole(std::int64_t amount, std::span<const std::int64_t> weights) {
  __extension__ using Wide = __int128;
  std::int64_t total = 0;
  for (const auto w : weights) total += w;
  std::vector<std::int64_t> parts(weights.size(), 0);
  if (total == 0) return parts;
  std::int64_t seen = 0, given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    seen += weights[i];
    const auto upto = static_cast<std::int64_t>(static_cast<Wide>(amount) * seen / total);
    parts[i] = upto - given;
    given = upto;
  }
  return parts;
}

}  // namespace rackrate::market
