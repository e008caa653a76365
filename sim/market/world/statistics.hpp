#pragma once
#include <cstdint>

#include "sim/market/enterprise/population.hpp"
#include "sim/market/view/market_view.hpp"

namespace rackrate::market {

/// Counts adopters; publishes the digest once a week, a day after the week ends.
struct Statistics {
  Table<SegmentId, std::int64_t> adopters;
  Table<SegmentId, std::int64_t> sample;  ///< simulated enterprises
  Table<SegmentId, double> digest;        ///< share of adopters, last digest
};

[[nodiscard]] Statistics first_statistics(std::size_t segments, const Population& population);
[[nodiscard]] core::SimTime first_digest(core::SimTime start);
void handle_statistics(Statistics& statistics, Context& context, const Event& event);

}  // namespace rackrate::market
