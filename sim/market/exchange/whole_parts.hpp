#pragma once
#include <cstdint>

namespace rackrate::market {

/// Splits a whole amount by weights so that the parts add up: differences of cumulated shares. No part exceeds
/// all x weight / total by a unit or more. All weights zero: all parts zero.
/// Shape: a list of whole numbers (a vector, or a table by any index); the parts are found as their weights are.
template <class Weights>
[[nodiscard]] Weights split_whole(std::int64_t all, const Weights& weights) {
  __extension__ using Wide = __int128;
  std::int64_t total = 0;
  for (const std::int64_t weight : weights) total += weight;
  Weights parts = weights;
  if (total == 0) return parts;
  std::int64_t seen = 0, given = 0;
  for (std::int64_t& part : parts) {
    seen += part;
    const auto upto = static_cast<std::int64_t>(Wide{all} * seen / total);
    part = upto - given;
    given = upto;
  }
  return parts;
}

}  // namespace rackrate::market
