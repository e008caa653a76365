#include "sim/market/regime/sample_sizes.hpp"

#include "sim/core/name_hash.hpp"
#include "sim/market/primitives/rationing.hpp"

namespace rackrate::market {

Table<SegmentId, int> sample_sizes(const Parameters& parameters) {
  std::vector<double> shares;
  std::vector<std::uint64_t> order;
  double total = 0.0;
  for (const auto& segment : parameters.segments) total += segment.sample_share;
  for (const auto& segment : parameters.segments) {
    shares.push_back(total > 0 ? segment.sample_share / total * parameters.run.enterprises : 0.0);
    order.push_back(core::name_hash(segment.name));
  }
  Table<SegmentId, int> sizes;
  if (shares.empty()) return sizes;
  for (const auto n : largest_remainder(shares, parameters.run.enterprises, order))
    sizes.push_back(static_cast<int>(n));
  return sizes;
}

}  // namespace rackrate::market
