#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/market/primitives/choice.hpp"

/// The special cases of the cross-nested logit that the checks know, and what follows from shares.
namespace rackrate::market::test {

/// Plain logit over all alternatives.
inline Shares mnl_shares(std::span<const double> utility) {
  ChoiceSet set;
  for (std::size_t j = 0; j < utility.size(); ++j) set.add_nested(j, 0, 1.0);
  return choice_shares(utility, set);
}

/// Nested logit; nest_of[j] < 0 puts j alone.
inline Shares nested_shares(std::span<const double> utility, std::span<const int> nest_of, double lambda) {
  constexpr std::uint64_t kOwn = std::uint64_t{1} << 32;  // apart from the caller's nests
  ChoiceSet set;
  for (std::size_t j = 0; j < utility.size(); ++j) {
    if (nest_of[j] < 0)
      set.add_alone(kOwn + j);
    else
      set.add_nested(kOwn + j, static_cast<std::uint64_t>(nest_of[j]), lambda);
  }
  return choice_shares(utility, set);
}

/// Cross-nested logit with half of each alternative in its lab's nest and half in its cloud's; negative puts j alone.
inline Shares cnl_shares(std::span<const double> utility, std::span<const int> lab_of, std::span<const int> cloud_of,
                         double lambda_lab, double lambda_cloud) {
  constexpr std::uint64_t kOwn = std::uint64_t{1} << 32;
  constexpr std::uint64_t kClouds = std::uint64_t{1} << 33;
  ChoiceSet set;
  for (std::size_t j = 0; j < utility.size(); ++j) {
    const bool lab = lab_of[j] >= 0;
    const bool cloud = cloud_of[j] >= 0;
    const auto lab_key = static_cast<std::uint64_t>(lab ? lab_of[j] : 0);
    const auto cloud_key = kClouds + static_cast<std::uint64_t>(cloud ? cloud_of[j] : 0);
    if (lab && cloud)
      set.add_crossed(kOwn + j, lab_key, lambda_lab, cloud_key, lambda_cloud);
    else if (lab)
      set.add_nested(kOwn + j, lab_key, lambda_lab);
    else if (cloud)
      set.add_nested(kOwn + j, cloud_key, lambda_cloud);
    else
      set.add_alone(kOwn + j);
  }
  return choice_shares(utility, set);
}

/// Where the buyers of `removed` go: (share after - share before) / share of the removed one, which itself reads 0.
/// Shape: both by alternative of the full set; `after` has 0 at `removed`.
inline std::vector<double> diversion(std::span<const double> before, std::span<const double> after,
                                     std::size_t removed) {
  std::vector<double> to(before.size(), 0.0);
  for (std::size_t j = 0; j < before.size(); ++j) {
    if (j != removed) to[j] = (after[j] - before[j]) / before[removed];
  }
  return to;
}

}  // namespace rackrate::market::test
