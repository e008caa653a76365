#pragma once
#include <cstdint>

#include "sim/core/whole.hpp"

namespace rackrate::market {

/// Splits a whole number by weights so that the parts add up: differences of cumulated shares. No part exceeds
/// all x weight / total by a unit or more. All weights zero: all parts zero.
/// Shape: a list of whole numbers (a vector, or a table by any index); the parts are found as their weights are.
template <class Weights>
[[nodiscard]] Weights split_whole(std::int64_t all, const Weights& weights) {
  std::int64_t total = 0;
  for (const std::int64_t weight : weights) total += weight;
  Weights parts = weights;
  std::int64_t seen = 0, given = 0;
  for (std::int64_t& part : parts) {
    if (part == 0) continue;
    seen += part;
    const std::int64_t upto = seen == total ? all : core::share_of_whole(all, seen, total);
    part = upto - given;
    given = upto;
  }
  return parts;
}

}  // namespace rackrate::market
